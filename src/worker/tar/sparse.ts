import { corrupt } from './entry.ts';
import { decimal, numberField } from './numbers.ts';
import type { PaxRecords } from './pax.ts';

/** A piece of a sparse file that has content; the rest is zeros. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Where a sparse file's map is found (GNU tar manual, "Storing Sparse Files"). */
export interface PaxSparse {
  readonly name: string | undefined;
  readonly size: number;
  /** undefined: format 1.0, the map stands before the content. */
  readonly regions: readonly Region[] | undefined;
}

export const MAX_REGIONS = 100_000;

export function paxSparse(records: PaxRecords): PaxSparse | undefined {
  const last = (key: string) => records.findLast(record => record.key === key)?.value;
  const realSize = last('GNU.sparse.realsize') ?? last('GNU.sparse.size');
  if (realSize === undefined) return undefined;
  const size = decimal(realSize, "a sparse file's size");
  const name = last('GNU.sparse.name');
  if (last('GNU.sparse.major') === '1') return { name, size, regions: undefined };
  const map = last('GNU.sparse.map');
  const numbers =
    map === undefined
      ? records.filter(({ key }) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes').map(({ value }) => value)
      : map.split(',').filter(Boolean);
  return { name, size, regions: regionsOf(numbers) };
}

export function regionsOf(numbers: readonly string[]): Region[] {
  if (numbers.length % 2 !== 0 || numbers.length / 2 > MAX_REGIONS) throw corrupt("a sparse file's map is malformed");
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: decimal(numbers[index * 2] ?? '', "a sparse file's map"),
    length: decimal(numbers[index * 2 + 1] ?? '', "a sparse file's map"),
  }));
}

/** The old GNU format: four regions in the header at 386, 21 in each block that follows; answers whether one more follows. */
export function readOldGnuMap(block: Buffer, start: number, count: number, into: Region[]): boolean {
  for (let index = 0; index < count; index++) {
    const at = start + index * 24;
    if (block[at] === 0) break;
    into.push({ offset: numberField(block, at, 12, 'sparse map'), length: numberField(block, at + 12, 12, 'sparse map') });
  }
  if (into.length > MAX_REGIONS) throw corrupt("a sparse file's map is too long");
  return block[start + count * 24] === 1;
}

/** The regions must be in order, apart, within the file, and as long together as the content. */
export function checkRegions(regions: readonly Region[], size: number, contentLength: number): void {
  let end = 0;
  let total = 0;
  for (const { offset, length } of regions) {
    if (offset < end || length < 0 || offset + length > size) throw corrupt("a sparse file's map does not fit the file");
    end = offset + length;
    total += length;
  }
  if (total !== contentLength) throw corrupt("a sparse file's map does not fit its content");
}
