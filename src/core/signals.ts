import { constants } from 'node:os';
import { UserError } from './errors.ts';

const numbers: Readonly<Record<string, number>> = constants.signals;
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/**
 * The number of `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`.
 * @throws UserError `INVALID_SIGNAL` in docker's words
 */
export function signalNumber(text: string): number {
  const found = /^\d+$/.test(text) ? Number(text) : byName(text.toUpperCase().replace(/^SIG/, ''));
  if (found !== undefined && found >= 1 && found <= SIGRTMAX) return found;
  throw new UserError('invalid', 'INVALID_SIGNAL', `invalid signal: ${JSON.stringify(text).slice(1, -1)}`);
}

function byName(name: string): number | undefined {
  const realtime = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (!realtime) return numbers[`SIG${name}`];
  const base = realtime[1] === 'MIN' ? SIGRTMIN : SIGRTMAX;
  const number = base + (realtime[2] === '-' ? -1 : 1) * Number(realtime[3] ?? 0);
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}
