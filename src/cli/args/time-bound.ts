import { parseDuration } from '../../core/duration.ts';
import { invalid } from './invalid.ts';

const calendar = /^\d{4}-\d{2}-\d{2}(?:T(\d{2})(?::(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * `--since`, `--until`: unix seconds with fraction, RFC 3339 cut off anywhere after the day (local time without a zone), or a Go
 * duration before `now`. The result is exact to the millisecond.
 * @throws UserError in docker's words
 */
export function parseTimeBound(flag: 'since' | 'until', text: string, now: Date): Date {
  const at = unixTime(text) ?? calendarTime(text) ?? durationBefore(text, now);
  if (at === undefined || Number.isNaN(at)) {
    throw invalid(`invalid value for ${JSON.stringify(flag)}: failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
  return new Date(at);
}

function unixTime(text: string): number | undefined {
  return /^-?\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : undefined;
}

function calendarTime(text: string): number | undefined {
  const match = calendar.exec(text);
  if (!match) return undefined;
  const [, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = match;
  return Date.parse(`${text.slice(0, 10)}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${zone}`);
}

function durationBefore(text: string, now: Date): number | undefined {
  try {
    return now.getTime() - parseDuration(text) / 1e6;
  } catch {
    return undefined;
  }
}
