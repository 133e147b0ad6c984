import type { FileTime } from '../../linux/file-times.ts';
import { corrupt } from './entry.ts';

/** The records of one PAX header, in order; keys and values are bytes held as latin1. */
export type PaxRecords = readonly { readonly key: string; readonly value: string }[];

/** pax(1): `length key=value\n`, where length counts the whole record. @throws UserError `LAYER_CORRUPT` */
export function readPax(bytes: Buffer): PaxRecords {
  const records: { key: string; value: string }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, Math.min(space, at + 12));
    const end = at + Number(digits);
    if (!/^\d+$/.test(digits) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a)
      throw corrupt('a PAX record is malformed');
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) throw corrupt('a PAX record is malformed');
    records.push({ key: bytes.toString('latin1', space + 1, equals), value: bytes.toString('latin1', equals + 1, end - 1) });
    at = end;
  }
  return records;
}

/** `seconds[.fraction]`; digits beyond nanoseconds are dropped. */
export function paxTime(text: string): FileTime {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (!match) throw corrupt('a PAX time is not a number');
  const seconds = Number(match[2]);
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] !== '-') return { seconds, nanoseconds };
  return nanoseconds === 0 ? { seconds: -seconds, nanoseconds: 0 } : { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}
