import { corrupt } from './entry.ts';
import { numberField } from './numbers.ts';

export const BLOCK = 512;

/** A header block as it stands, before PAX records and long names change it. */
export interface RawHeader {
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow in the archive, without padding. */
  readonly size: number;
  readonly mtime: number;
  /** One character; a NUL of the oldest archives is given as `0`. */
  readonly flag: string;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every(byte => byte === 0);
}

/** Reads pax(1)'s ustar format and GNU's. @throws UserError `LAYER_CORRUPT` */
export function readHeader(block: Buffer): RawHeader {
  checkSum(block);
  const magic = block.toString('latin1', 257, 263);
  const isUstar = magic === 'ustar\0';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const flag = block.readUInt8(156) === 0 ? '0' : block.toString('latin1', 156, 157);
  const isDevice = flag === '3' || flag === '4';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: text(block, 157, 100),
    mode: numberField(block, 100, 8, 'mode') & 0o7777,
    uid: numberField(block, 108, 8, 'owner'),
    gid: numberField(block, 116, 8, 'group'),
    size: sizeOf(block),
    mtime: numberField(block, 136, 12, 'time'),
    flag,
    deviceMajor: isDevice ? numberField(block, 329, 8, 'device number') : 0,
    deviceMinor: isDevice ? numberField(block, 337, 8, 'device number') : 0,
  };
}

function sizeOf(block: Buffer): number {
  const size = numberField(block, 124, 12, 'size');
  if (size < 0) throw corrupt("a header's size is negative");
  return size;
}

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('latin1', start, end < 0 || end > start + length ? start + length : end);
}

/** The sum counts its own field as spaces; some old archivers added signed bytes. */
function checkSum(block: Buffer): void {
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156;
    const byte = block[at] ?? 0;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  const stated = Number.parseInt(text(block, 148, 8).trim(), 8);
  if (stated !== unsigned && stated !== signed) throw corrupt('it is not a tar archive, or a header in it was changed');
}
