import type { IncomingMessage } from 'node:http';
import { UserError } from '../core/errors.ts';
import { ExchangeFailure, networkFailure } from './failure.ts';
import type { Limits } from './options.ts';

/**
 * The body's chunks as they come. A line that goes quiet, or trickles, is cut; waiting for the reader is not counted.
 * @throws ExchangeFailure when the line is lost
 */
export async function* chunksOf(response: IncomingMessage, limits: Limits, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const watch = new StallWatch(limits, () => response.destroy(new Stalled()));
  try {
    watch.waiting();
    for await (const chunk of response) {
      watch.received(chunk.length);
      yield chunk;
      watch.waiting();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Stalled ? new ExchangeFailure('it stopped sending', { cause: error }) : networkFailure(error);
  } finally {
    watch.stop();
    response.destroy();
  }
}

/**
 * The whole body of a small document.
 * @throws UserError `REGISTRY_RESPONSE_TOO_LARGE` at the first byte beyond `maxBytes`
 */
export async function readBounded(
  response: IncomingMessage,
  what: string,
  maxBytes: number,
  limits: Limits,
  signal: AbortSignal,
): Promise<Buffer> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(limits.documentMs)]);
  const onTimeout = () => response.destroy(new Stalled());
  bounded.addEventListener('abort', onTimeout, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of chunksOf(response, limits, signal)) {
      size += chunk.length;
      if (size > maxBytes)
        throw new UserError('external', 'REGISTRY_RESPONSE_TOO_LARGE', `${what} is larger than the ${maxBytes} bytes allowed`);
      chunks.push(chunk);
    }
  } finally {
    bounded.removeEventListener('abort', onTimeout);
  }
  return Buffer.concat(chunks, size);
}

class Stalled extends Error {}

/** Calls `onStall` when less than `stallBytes` have come in `stallMs` of waiting. */
class StallWatch {
  readonly #limits: Limits;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | undefined;
  #waitingSince = 0;
  #leftMs: number;
  #bytes = 0;

  constructor(limits: Limits, onStall: () => void) {
    this.#limits = limits;
    this.#onStall = onStall;
    this.#leftMs = limits.stallMs;
  }

  waiting(): void {
    this.#waitingSince = performance.now();
    this.#timer = setTimeout(this.#onStall, Math.max(0, this.#leftMs));
  }

  received(bytes: number): void {
    this.stop();
    this.#leftMs -= performance.now() - this.#waitingSince;
    this.#bytes += bytes;
    if (this.#bytes < this.#limits.stallBytes) return;
    this.#bytes = 0;
    this.#leftMs = this.#limits.stallMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
