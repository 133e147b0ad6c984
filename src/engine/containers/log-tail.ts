import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { RecordCutter } from './log-records.ts';
import type { LogSegment } from './log-segments.ts';

const readFd = promisify(read);
const blockSize = 64 * 1024;

/** Where in a log its last records begin. */
export interface TailStart {
  /** Index of the segment. */
  readonly segment: number;
  /** Byte in it, for a plain file. */
  readonly offset: number;
  /** Records to pass over, for a compressed one. */
  readonly skip: number;
}

/** Where the last `count` records of `segments` (oldest first) begin, reading from the end and no more than needed. */
export async function findTail(segments: readonly LogSegment[], count: number): Promise<TailStart> {
  let missing = count;
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index];
    if (segment === undefined) break;
    if (segment.isCompressed) {
      const records = await countRecords(segment);
      if (records >= missing) return { segment: index, offset: 0, skip: records - missing };
      missing -= records;
    } else {
      const found = await findFromEnd(segment.fd, missing);
      if (found.offset > 0 || found.missing === 0) return { segment: index, offset: found.offset, skip: 0 };
      missing = found.missing;
    }
  }
  return { segment: 0, offset: 0, skip: 0 };
}

/** The offset at which the last `count` whole lines begin, or 0 with how many more are wanted. */
async function findFromEnd(fd: number, count: number): Promise<{ offset: number; missing: number }> {
  const { size } = fstatSync(fd);
  // The newline that ends the last line begins no other: one more has to be found than lines are wanted.
  let newlines = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockSize);
    const { bytesRead, buffer } = await readFd(fd, Buffer.allocUnsafe(end - start), 0, end - start, start);
    for (let at = buffer.lastIndexOf(10, bytesRead - 1); at !== -1; at = at === 0 ? -1 : buffer.lastIndexOf(10, at - 1))
      if (++newlines > count) return { offset: start + at + 1, missing: 0 };
    end = start;
  }
  return { offset: 0, missing: Math.max(0, count - newlines) };
}

async function countRecords(segment: LogSegment): Promise<number> {
  let records = 0;
  const cutter = new RecordCutter();
  for await (const chunk of readCompressed(segment)) for (const _line of cutter.push(chunk)) records++;
  return records;
}

/** The text of a compressed file; what is damaged ends it early. */
export async function* readCompressed(segment: LogSegment): AsyncGenerator<Buffer> {
  const [{ createGunzip }, { pipeline, Readable }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const text = createGunzip();
  pipeline(Readable.from(readPlain(segment.fd, 0)), text, () => {});
  try {
    for await (const chunk of text) yield chunk;
  } catch {
    // The next file may still be read.
  }
}

/** What lies in a plain file from `offset` on, as far as it is written now. */
export async function* readPlain(fd: number, offset: number): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const { bytesRead, buffer } = await readFd(fd, Buffer.allocUnsafe(blockSize), 0, blockSize, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
