import { corrupt, type TarEntry } from './entry.ts';
import { BLOCK, isZeroBlock, type RawHeader, readHeader } from './header.ts';
import { decimal, numberField } from './numbers.ts';
import { type PaxRecords, paxTime, readPax } from './pax.ts';
import { checkRegions, MAX_REGIONS, paxSparse, type Region, readOldGnuMap, regionsOf } from './sparse.ts';

/** What happens while an archive is read, in order: `entry`, its `data`, `end`. */
export interface TarSink {
  entry(entry: TarEntry): void;
  /** `position` in the file that results; the bytes are the caller's again afterwards. */
  data(bytes: Buffer, position: number): void;
  end(): void;
}

/** Longest PAX header or GNU long name, bytes; Go's archive/tar, and so docker, has the same. */
const MAX_META = 1024 * 1024;

const types: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

type State = 'header' | 'meta' | 'old-sparse-map' | 'new-sparse-map' | 'content' | 'padding' | 'over';

/**
 * Reads a tar archive from chunks of any size, synchronously and without keeping content.
 *
 * Our own instead of tar-stream, which decodes PAX records as UTF-8: that changes names that are not, and destroys binary attributes such
 * as security.capability. It knows no sparse files, and its stream per entry costs more than all the system calls for a small file.
 */
export class TarReader {
  readonly #sink: TarSink;
  #state: State = 'header';
  /** The beginning of a block that the last chunk broke off. */
  #partial: Buffer[] = [];
  #partialLength = 0;
  #remaining = 0;
  #padding = 0;
  #meta: { flag: string; chunks: Buffer[] } | undefined;
  #pax: PaxRecords = [];
  #longName: string | undefined;
  #longLink: string | undefined;
  #zeroBlocks = 0;
  #regions: Region[] = [];
  #regionIndex = 0;
  #regionDone = 0;
  #size = 0;
  #mapText = '';

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** @throws UserError `LAYER_CORRUPT`, and whatever the sink throws */
  push(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0 && this.#state !== 'over'; ) rest = this.#step(rest);
  }

  /** To be called after the last chunk. An archive may end without its two zero blocks, but not in the middle of an entry. */
  finish(): void {
    const whole = this.#state === 'over' || (this.#state === 'header' && this.#partialLength === 0 && !this.#hasPendingMeta());
    if (!whole) throw corrupt('it ends too early');
  }

  #hasPendingMeta(): boolean {
    return this.#pax.length > 0 || this.#longName !== undefined || this.#longLink !== undefined;
  }

  #step(chunk: Buffer): Buffer {
    switch (this.#state) {
      case 'meta':
        return this.#takeMeta(chunk);
      case 'content':
        return this.#takeContent(chunk);
      case 'padding':
        return this.#skipPadding(chunk);
      default:
        return this.#takeBlock(chunk);
    }
  }

  #takeBlock(chunk: Buffer): Buffer {
    const missing = BLOCK - this.#partialLength;
    if (chunk.length < missing) {
      this.#partial.push(Buffer.from(chunk));
      this.#partialLength += chunk.length;
      return chunk.subarray(chunk.length);
    }
    const block = this.#partialLength === 0 ? chunk.subarray(0, BLOCK) : Buffer.concat([...this.#partial, chunk.subarray(0, missing)]);
    this.#partial = [];
    this.#partialLength = 0;
    if (this.#state === 'header') this.#onHeader(block);
    else if (this.#state === 'old-sparse-map') this.#onOldSparseMap(block);
    else this.#onNewSparseMap(block);
    return chunk.subarray(missing);
  }

  #onHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      if (++this.#zeroBlocks === 2) this.#state = 'over';
      return;
    }
    if (this.#zeroBlocks > 0) throw corrupt('something follows its end mark');
    const header = readHeader(block);
    if (header.flag === 'x' || header.flag === 'g' || header.flag === 'L' || header.flag === 'K') this.#beginMeta(header);
    else this.#beginEntry(header, block);
  }

  #beginMeta(header: RawHeader): void {
    if (header.size > MAX_META) throw corrupt(`a header of ${header.size} bytes is longer than ${MAX_META}`);
    this.#meta = { flag: header.flag, chunks: [] };
    this.#begin('meta', header.size);
  }

  #takeMeta(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#remaining);
    this.#meta?.chunks.push(Buffer.from(part));
    this.#remaining -= part.length;
    if (this.#remaining === 0) this.#endMeta();
    return chunk.subarray(part.length);
  }

  #endMeta(): void {
    const { flag, chunks } = this.#meta ?? { flag: '', chunks: [] };
    const bytes = Buffer.concat(chunks);
    this.#meta = undefined;
    // Global headers (`g`) are read past, as docker does: git archive puts a comment there.
    if (flag === 'x') this.#pax = readPax(bytes);
    else if (flag === 'L') this.#longName = untilNul(bytes);
    else if (flag === 'K') this.#longLink = untilNul(bytes);
    this.#state = 'padding';
    this.#toNextHeader();
  }

  #beginEntry(header: RawHeader, block: Buffer): void {
    const entry = this.#describe(header);
    const sparse = paxSparse(this.#pax);
    const packed = this.#paxNumber('size') ?? header.size;
    const hasContent = entry.type === 'file';
    this.#pax = [];
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#regions = [];
    this.#regionIndex = 0;
    this.#regionDone = 0;
    // As in Go's reader, the size of what can't have content counts for nothing.
    this.#begin('content', hasContent ? packed : 0);
    if (!hasContent) {
      this.#size = 0;
      this.#announce(entry);
    } else if (header.flag === 'S') {
      this.#size = numberField(block, 483, 12, 'size');
      const more = readOldGnuMap(block, 386, 4, this.#regions);
      this.#sink.entry({ ...entry, size: this.#size });
      if (more) this.#state = 'old-sparse-map';
      else this.#beginContent();
    } else if (sparse) {
      this.#size = sparse.size;
      this.#sink.entry({ ...entry, size: sparse.size, name: sparse.name ?? entry.name });
      if (sparse.regions === undefined) this.#state = packed > 0 ? 'new-sparse-map' : 'content';
      this.#mapText = '';
      if (sparse.regions === undefined && packed > 0) return;
      this.#regions = [...(sparse.regions ?? [])];
      this.#beginContent();
    } else {
      this.#size = packed;
      this.#regions = packed > 0 ? [{ offset: 0, length: packed }] : [];
      this.#announce({ ...entry, size: packed });
    }
  }

  #announce(entry: TarEntry): void {
    this.#sink.entry(entry);
    this.#beginContent();
  }

  #beginContent(): void {
    checkRegions(this.#regions, this.#size, this.#remaining);
    this.#state = 'content';
    if (this.#remaining === 0) this.#endEntry();
  }

  #onOldSparseMap(block: Buffer): void {
    if (!readOldGnuMap(block, 0, 21, this.#regions)) this.#beginContent();
  }

  /** Format 1.0: the number of regions, then offset and length of each, one a line, filled up to whole blocks. */
  #onNewSparseMap(block: Buffer): void {
    this.#remaining -= BLOCK;
    this.#mapText += block.toString('latin1');
    if (this.#remaining < 0 || this.#mapText.length > MAX_META * 4) throw corrupt("a sparse file's map is malformed");
    const [count = '', ...numbers] = this.#mapText.split('\n');
    if (numbers.length === 0 && this.#mapText.length < BLOCK) return;
    const wanted = decimal(count, "a sparse file's map") * 2;
    if (wanted > MAX_REGIONS * 2) throw corrupt("a sparse file's map is too long");
    // The last piece has no newline behind it: it is padding, or the beginning of a number.
    if (numbers.length - 1 < wanted) return;
    this.#regions = regionsOf(numbers.slice(0, wanted));
    this.#beginContent();
  }

  #takeContent(chunk: Buffer): Buffer {
    const region = this.#regions[this.#regionIndex];
    if (!region) throw corrupt("a sparse file's map does not fit its content");
    const length = Math.min(chunk.length, region.length - this.#regionDone);
    if (length > 0) this.#sink.data(length === chunk.length ? chunk : chunk.subarray(0, length), region.offset + this.#regionDone);
    this.#regionDone += length;
    this.#remaining -= length;
    if (this.#regionDone === region.length) {
      this.#regionIndex++;
      this.#regionDone = 0;
    }
    if (this.#remaining === 0) this.#endEntry();
    return chunk.subarray(length);
  }

  #endEntry(): void {
    this.#sink.end();
    this.#state = 'padding';
    this.#toNextHeader();
  }

  #begin(state: State, size: number): void {
    this.#state = state;
    this.#remaining = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (state === 'meta' && size === 0) this.#endMeta();
  }

  #skipPadding(chunk: Buffer): Buffer {
    const length = Math.min(chunk.length, this.#padding);
    this.#padding -= length;
    this.#toNextHeader();
    return chunk.subarray(length);
  }

  #toNextHeader(): void {
    if (this.#padding === 0) this.#state = 'header';
  }

  #describe(header: RawHeader): TarEntry {
    const name = this.#text('path') ?? this.#longName ?? header.name;
    const type = header.flag === '0' && name.endsWith('/') ? 'directory' : types[header.flag];
    if (!type) throw corrupt(`it has an entry of the unknown type ${JSON.stringify(header.flag)}`);
    const time = this.#text('mtime');
    return {
      type,
      name,
      linkName: this.#text('linkpath') ?? this.#longLink ?? header.linkName,
      mode: header.mode,
      uid: this.#paxNumber('uid') ?? header.uid,
      gid: this.#paxNumber('gid') ?? header.gid,
      size: 0,
      mtime: time === undefined ? { seconds: header.mtime, nanoseconds: 0 } : paxTime(time),
      xattrs: this.#pax.flatMap(({ key, value }) =>
        key.startsWith(xattrPrefix) ? [{ name: key.slice(xattrPrefix.length), value: Buffer.from(value, 'latin1') }] : [],
      ),
    };
  }

  #text(key: string): string | undefined {
    const value = this.#pax.findLast(record => record.key === key)?.value;
    // An empty value takes an earlier one back (pax(1)).
    return value === '' ? undefined : value;
  }

  #paxNumber(key: string): number | undefined {
    const text = this.#text(key);
    return text === undefined ? undefined : decimal(text, `a PAX ${key}`);
  }
}

const xattrPrefix = 'SCHILY.xattr.';

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}
