import { humanDuration } from '../../core/human-duration.ts';

const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function scale(size: number, base: number, units: readonly string[], digits: number): string {
  let value = size;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${general(value, digits)}${units[unit]}`;
}

/** C's `%.<digits>g`, for numbers from 0 to 1024. */
function general(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** go-units' HumanSizeWithPrecision: bytes in powers of 1000, `4.26MB`. Docker's tables use 3 digits, some places 4. */
export function humanSize(bytes: number, digits = 3): string {
  return scale(bytes, 1000, decimalUnits, digits);
}

/** go-units' BytesSize: powers of 1024 in 4 digits, `7.451GiB`. */
export function binarySize(bytes: number): string {
  return scale(bytes, 1024, binaryUnits, 4);
}

/** As docker's tables tell an age: `2 weeks ago`. */
export function humanAge(createdSeconds: number, nowMs: number): string {
  return `${humanDuration(nowMs - createdSeconds * 1000)} ago`;
}

/** Go's time.String() of unix seconds: `2026-11-05 01:12:12 +0000 UTC`, in the zone of the process. */
export function goTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const name = offset === 0 ? 'UTC' : zoneName(date, zone);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone} ${name}`;
}

function zoneName(date: Date, fallback: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  const name = parts.find(part => part.type === 'timeZoneName')?.value;
  return name === undefined || /\d/.test(name) ? fallback : name;
}
