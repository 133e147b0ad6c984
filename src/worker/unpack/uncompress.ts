import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf, UserError } from '../../core/errors.ts';
import { corrupt } from '../tar/entry.ts';

/** Larger pieces mean fewer turns between the thread that decompresses and the one that writes files. */
const CHUNK = 512 * 1024;
/** Longest magic number that is looked for. */
const HEAD = 6;

/** What a stream of bytes holds, told by its first ones: gzip, zstd, or taken as it is. @throws UserError `LAYER_CORRUPT`, `COMPRESSION_UNKNOWN` */
export async function* uncompress(input: Readable): AsyncGenerator<Buffer> {
  const head = await firstBytes(input);
  const decoder = decoderFor(head);
  if (decoder === undefined) {
    yield* input;
    return;
  }
  input.once('error', error => decoder.destroy(error));
  input.pipe(decoder);
  try {
    yield* decoder;
  } catch (error) {
    throw corrupt(messageOf(error), error);
  }
  // What follows the compressed data is read away, so that the sender is not cut off.
  input.unpipe(decoder);
  for await (const _ of input);
}

async function firstBytes(input: Readable): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD) {
    const chunk: unknown = input.read();
    if (Buffer.isBuffer(chunk)) head = Buffer.concat([head, chunk]);
    else if (input.readableEnded || !(await becomesReadable(input))) break;
  }
  if (head.length > 0) input.unshift(head);
  return head;
}

/** False at the end of the stream. */
function becomesReadable(input: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (result: () => void) => () => {
      input.off('readable', onReadable).off('end', onEnd).off('error', onError);
      result();
    };
    const onReadable = settle(() => resolve(true));
    const onEnd = settle(() => resolve(false));
    const onError = (error: Error) => settle(() => reject(error))();
    input.on('readable', onReadable).on('end', onEnd).on('error', onError);
  });
}

function decoderFor(head: Buffer) {
  const hex = head.toString('hex');
  if (hex.startsWith('1f8b')) return createGunzip({ chunkSize: CHUNK });
  // The second is a skippable frame, with which a zstd file may begin (RFC 8878, 3.1.2).
  if (hex.startsWith('28b52ffd') || /^5.2a4d18/.test(hex)) return createZstdDecompress({ chunkSize: CHUNK });
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
