import { parseDuration } from './duration.ts';
import { UserError } from './errors.ts';

/** `--filter until=`: a time, unix seconds, or a Go duration before now; answers milliseconds. @throws UserError `INVALID_FILTER` */
export function untilTime(text: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const duration = durationMs(text);
  if (duration !== undefined) return nowMs - duration;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UserError('invalid', 'INVALID_FILTER', `invalid filter 'until=${text}'`);
  return time;
}

function durationMs(text: string): number | undefined {
  try {
    return parseDuration(text) / 1e6;
  } catch {
    return undefined;
  }
}
