import type { Healthcheck } from '../../core/docker/config.ts';
import { parseDuration } from '../../core/duration.ts';
import { invalid, parsedFlag } from './invalid.ts';

export interface HealthFlags {
  readonly 'health-cmd': string | undefined;
  readonly 'health-interval': string | undefined;
  readonly 'health-timeout': string | undefined;
  readonly 'health-start-period': string | undefined;
  readonly 'health-start-interval': string | undefined;
  readonly 'health-retries': number | undefined;
  readonly 'no-healthcheck': boolean;
}

const shortest = 1e6;

/** Undefined when no flag was given: then the image's counts. Zero means «the image's, else docker's default». @throws UserError in docker's words */
export function parseHealthcheck(flags: HealthFlags): Healthcheck | undefined {
  const settings = {
    Interval: duration(flags, 'health-interval', 'Interval'),
    Timeout: duration(flags, 'health-timeout', 'Timeout'),
    StartPeriod: duration(flags, 'health-start-period', 'StartPeriod'),
    StartInterval: duration(flags, 'health-start-interval', 'StartInterval'),
    Retries: retries(flags['health-retries'] ?? 0),
  };
  const command = flags['health-cmd'] ?? '';
  const given = command !== '' || Object.values(settings).some(value => value !== 0);
  if (!flags['no-healthcheck']) {
    if (!given) return undefined;
    return command === '' ? settings : { Test: ['CMD-SHELL', command], ...settings };
  }
  if (given) throw invalid('--no-healthcheck conflicts with --health-* options');
  return { Test: ['NONE'] };
}

type DurationFlag = 'health-interval' | 'health-timeout' | 'health-start-period' | 'health-start-interval';

function duration(flags: HealthFlags, name: DurationFlag, field: string): number {
  const text = flags[name];
  if (text === undefined) return 0;
  const value = parsedFlag(`--${name}`, text, parseDuration);
  if (value < 0) throw invalid(`--${name} cannot be negative`);
  if (value !== 0 && value < shortest) throw invalid(`${field} in Healthcheck cannot be less than 1ms`);
  return value;
}

function retries(count: number): number {
  if (count < 0) throw invalid('--health-retries cannot be negative');
  return count;
}
