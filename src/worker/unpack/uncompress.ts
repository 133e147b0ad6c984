import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf, UserError } from '../../core/errors.ts';
import { corrupt } from '../tar/entry.ts';

/** Larger pieces mean fewer turns between the thread that decompresses and the one that writes files. */
const CHUNK = 512 * 1024;
/** How far decompression may run ahead of a slow disk. */
const AHEAD = 8 * CHUNK;
/** Longest magic number that is looked for. */
const HEAD = 6;

/** The bytes of a tar from a stream that has it in gzip, zstd or plain, told by its first bytes. @throws UserError `LAYER_CORRUPT`, `COMPRESSION_UNKNOWN` */
export async function* uncompress(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]();
  const head = await firstBytes(chunks);
  const decoder = decoderFor(head);
  if (decoder === undefined) {
    yield* joined(head, chunks);
    return;
  }
  const source = Readable.from(joined(head, chunks), { objectMode: false, highWaterMark: CHUNK });
  source.once('error', error => decoder.destroy(error));
  source.pipe(decoder);
  try {
    yield* decoder;
  } catch (error) {
    throw corrupt(messageOf(error), error);
  }
  // What follows the compressed data is read away, so that the sender is not cut off.
  source.unpipe(decoder);
  for await (const _ of source);
}

async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let length = 0; length < HEAD; ) {
    const next = await chunks.next();
    if (next.done) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(pieces);
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function decoderFor(head: Buffer) {
  const options = { chunkSize: CHUNK, highWaterMark: AHEAD };
  const hex = head.toString('hex', 0, HEAD);
  if (hex.startsWith('1f8b')) return createGunzip(options);
  // The second is a skippable frame, with which a zstd file may begin (RFC 8878, 3.1.2).
  if (hex.startsWith('28b52ffd') || /^5.2a4d18/.test(hex)) return createZstdDecompress(options);
  const other = hex.startsWith('fd377a585a00') ? 'xz' : hex.startsWith('425a68') ? 'bzip2' : undefined;
  if (other === undefined) return undefined;
  throw new UserError(
    'unsupported',
    'COMPRESSION_UNKNOWN',
    `the layer is compressed with ${other}; gzip, zstd and plain tar can be unpacked`,
    {
      hint: `uncompress it first: ${other} -dc FILE | …`,
    },
  );
}
