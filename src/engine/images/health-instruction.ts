import type { Healthcheck } from '../../core/docker/config.ts';
import { parseExecForm } from '../../core/dockerfile-words.ts';
import { parseDuration } from '../../core/duration.ts';
import { UserError } from '../../core/errors.ts';

const shortestNs = 1e6;
const durations: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

/** What stands after HEALTHCHECK: `NONE`, or flags and `CMD` with a command. @throws UserError `INVALID_CHANGE` in docker's words */
export function parseHealthInstruction(text: string): Healthcheck {
  const { flags, rest } = takeFlags(text);
  const [word = ''] = rest.split(/\s/, 1);
  const command = rest.slice(word.length).trim();
  if (word.toUpperCase() === 'NONE') {
    if (command !== '') throw invalid('HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  if (word.toUpperCase() !== 'CMD') throw invalid(`Unknown type ${JSON.stringify(word.toUpperCase())} in HEALTHCHECK (try CMD)`);
  if (command === '') throw invalid('Missing command after HEALTHCHECK CMD');
  const words = parseExecForm(command);
  const settings: Healthcheck[] = flags.map(([name, value]) => setting(name, value));
  return Object.assign({ Test: words ? ['CMD', ...words] : ['CMD-SHELL', command] }, ...settings);
}

function takeFlags(text: string): { flags: [name: string, value: string][]; rest: string } {
  const flags: [string, string][] = [];
  let rest = text;
  for (;;) {
    const found = /^--([a-z-]+)=(\S+)\s*/.exec(rest);
    if (!found) return { flags, rest };
    flags.push([found[1] ?? '', found[2] ?? '']);
    rest = rest.slice(found[0].length);
  }
}

function setting(name: string, value: string): Healthcheck {
  if (name === 'retries') return { Retries: retries(value) };
  const field = Object.hasOwn(durations, name) ? durations[name] : undefined;
  if (field === undefined) throw invalid(`unknown flag: ${name}`);
  const duration = parseDuration(value);
  if (duration !== 0 && duration < shortestNs) throw invalid(`Interval ${JSON.stringify(name)} cannot be less than 1ms`);
  return { [field]: duration };
}

function retries(value: string): number {
  if (!/^-?\d{1,9}$/.test(value)) throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (Number(value) < 0) throw invalid(`--retries cannot be negative (${value})`);
  return Number(value);
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_CHANGE', message);
}
