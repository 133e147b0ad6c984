import { UserError } from './errors.ts';

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const longest = 2 ** 63;

/** Go's `time.ParseDuration` (`1h30m`, `1.5s`, `-2ms`), in nanoseconds. @throws UserError in Go's words */
export function parseDuration(text: string): number {
  const fail = (): Error => invalid(`time: invalid duration ${JSON.stringify(text)}`);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw fail();
  let total = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw fail();
    const unit = /^[^\d.]*/.exec(rest.slice(number.length))?.[0] ?? '';
    if (unit === '') throw invalid(`time: missing unit in duration ${JSON.stringify(text)}`);
    const scale = Object.hasOwn(nanoseconds, unit) ? nanoseconds[unit] : undefined;
    if (scale === undefined) throw invalid(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    total += Number(number) * scale;
    rest = rest.slice(number.length + unit.length);
  }
  if (total >= longest) throw fail();
  return Math.trunc(total) * sign;
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_ARGUMENT', message);
}
