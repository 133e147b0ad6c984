import { UserError } from '../core/errors.ts';
import { FrameKind, MAX_FRAME } from './protocol.ts';

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

const HEADER = 5;
const kinds: ReadonlySet<number> = new Set(Object.values(FrameKind));

/** Bytes that cannot be this protocol; the connection they came from is of no more use. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function frameHeader(kind: FrameKind, length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32BE(length, 0);
  header.writeUInt8(kind, 4);
  return header;
}

/** @throws UserError `MESSAGE_TOO_LONG` */
export function encodeMessage(message: object): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  if (payload.length > MAX_FRAME)
    throw new UserError(
      'invalid',
      'MESSAGE_TOO_LONG',
      `the request takes ${payload.length} bytes, more than the ${MAX_FRAME} that a container's monitor takes`,
      { hint: 'pass fewer or shorter arguments and environment variables' },
    );
  return Buffer.concat([frameHeader(FrameKind.message, payload.length), payload]);
}

/** Cuts `bytes` into payloads that fit a frame, without copying. */
export function* splitPayload(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += MAX_FRAME) yield bytes.subarray(at, at + MAX_FRAME);
}

/** Puts frames together again from reads of any size. A frame that lies within one read is not copied. */
export class FrameDecoder {
  #pieces: Buffer[] = [];
  #length = 0;

  /** The frames that `chunk` completes. @throws FrameError */
  *push(chunk: Buffer): Generator<Frame> {
    let rest = this.#join(chunk);
    while (rest.length >= HEADER) {
      const { kind, end } = readHeader(rest);
      if (rest.length < end) break;
      yield { kind, payload: rest.subarray(HEADER, end) };
      rest = rest.subarray(end);
    }
    if (rest.length > 0) this.#keep(rest);
  }

  /** True in the middle of a frame: a connection that ends here was cut. */
  get isMidFrame(): boolean {
    return this.#length > 0;
  }

  /** Everything unread in one piece; nothing (and a kept piece) while the frame begun is still incomplete. */
  #join(chunk: Buffer): Buffer {
    if (this.#length === 0) return chunk;
    this.#keep(chunk);
    const first = this.#pieces[0];
    if (first !== undefined && first.length >= HEADER && this.#length < readHeader(first).end) return chunk.subarray(chunk.length);
    const whole = Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = 0;
    return whole;
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
}

function readHeader(bytes: Buffer): { kind: FrameKind; end: number } {
  const length = bytes.readUInt32BE(0);
  const kind = bytes.readUInt8(4);
  if (length > MAX_FRAME) throw new FrameError(`a frame of ${length} bytes is longer than ${MAX_FRAME}`);
  if (!isFrameKind(kind)) throw new FrameError(`there is no kind of frame ${kind}`);
  return { kind, end: HEADER + length };
}

function isFrameKind(kind: number): kind is FrameKind {
  return kinds.has(kind);
}
