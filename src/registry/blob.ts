import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { UserError } from '../core/errors.ts';
import type { Descriptor } from '../core/oci-image.ts';
import { familiarReference } from '../core/reference.ts';
import { chunksOf } from './body.ts';
import { ExchangeFailure } from './failure.ts';
import { maxManifestBytes } from './options.ts';
import { blobRefusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { pauseAfter } from './retry.ts';

export interface BlobProgress {
  /** Bytes that have arrived so far. */
  received(done: number): void;
  /** The line was lost; it goes on from where it was. */
  retrying(why: string): void;
}

/**
 * The blob's bytes, hashed as they pass. A cut line is taken up again where it broke. The stream ends only after size and
 * digest were right; until then the reader must not trust what it got. An error carries a UserError.
 */
export function openBlob(repository: Repository, descriptor: Descriptor, signal: AbortSignal, progress?: BlobProgress): Readable {
  // Destroying the stream must cut the line at once; a generator alone would first wait for the next chunk.
  const closed = new AbortController();
  const either = AbortSignal.any([signal, closed.signal]);
  const bytes = new BlobDownload(repository, descriptor, either, progress).verified();
  return new Readable({
    read() {
      bytes.next().then(
        ({ done, value }) => this.push(done ? null : value),
        error => this.destroy(error),
      );
    },
    destroy(error, callback) {
      closed.abort();
      bytes.return().then(
        () => callback(error),
        () => callback(error),
      );
    },
  });
}

/** A small blob (a config) whole. @throws UserError */
export async function fetchSmallBlob(repository: Repository, descriptor: Descriptor, signal: AbortSignal): Promise<Buffer> {
  if (descriptor.size > maxManifestBytes)
    throw new UserError(
      'external',
      'REGISTRY_RESPONSE_TOO_LARGE',
      `the config of ${familiarReference(repository.reference)} is larger than the ${maxManifestBytes} bytes allowed`,
    );
  const download = new BlobDownload(repository, descriptor, signal, undefined);
  const chunks: Buffer[] = [];
  for await (const chunk of download.verified()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

class BlobDownload {
  readonly #repository: Repository;
  readonly #descriptor: Descriptor;
  readonly #signal: AbortSignal;
  readonly #progress: BlobProgress | undefined;
  readonly #hash: Hash = createHash('sha256');
  #done = 0;

  constructor(repository: Repository, descriptor: Descriptor, signal: AbortSignal, progress: BlobProgress | undefined) {
    this.#repository = repository;
    this.#descriptor = descriptor;
    this.#signal = signal;
    this.#progress = progress;
  }

  async *verified(): AsyncGenerator<Buffer, void, undefined> {
    yield* this.#resumed();
    const actual = `sha256:${this.#hash.digest('hex')}`;
    if (actual !== this.#descriptor.digest) throw this.#broken('DIGEST_MISMATCH', `its digest is ${actual}`);
  }

  async *#resumed(): AsyncGenerator<Buffer, void, undefined> {
    const { limits } = this.#repository.options;
    let attempt = 1;
    let creditedAt = 0;
    while (true) {
      try {
        return yield* this.#rest();
      } catch (error) {
        if (!(error instanceof ExchangeFailure)) throw error;
        if (this.#done - creditedAt >= limits.resumeCreditBytes) {
          attempt = 1;
          creditedAt = this.#done;
        }
        const hopeless = error.lasting && this.#done === 0;
        if (hopeless || attempt >= limits.attempts) throw this.#gaveUp(error);
        this.#progress?.retrying(error.message);
        await pauseAfter(attempt++, error, limits, this.#signal);
      }
    }
  }

  /** One request's worth, from where the last one ended. */
  async *#rest(): AsyncGenerator<Buffer, void, undefined> {
    const { size } = this.#descriptor;
    // Everything came, and the line broke on the end mark alone.
    if (this.#done === size && size > 0) return;
    const response = await this.#request();
    let skip = this.#repeatedBytes(response);
    const { limits } = this.#repository.options;
    for await (const chunk of chunksOf(response, limits, this.#signal)) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      if (fresh.length === 0) continue;
      this.#done += fresh.length;
      if (this.#done > size) throw this.#broken('SIZE_MISMATCH', `it is larger than ${size} bytes`);
      this.#hash.update(fresh);
      this.#progress?.received(this.#done);
      yield fresh;
    }
    if (this.#done === size) return;
    // Without a declared end, a cut line and an early end look alike.
    if (isCloseDelimited(response)) throw new ExchangeFailure('the connection was closed early');
    throw this.#broken('SIZE_MISMATCH', `it has ${this.#done} bytes, not ${size}`);
  }

  async #request(): Promise<IncomingMessage> {
    const { digest } = this.#descriptor;
    const response = await this.#repository.get(`blobs/${digest}`, this.#done > 0 ? { Range: `bytes=${this.#done}-` } : {}, this.#signal);
    if (response.statusCode === 200 || response.statusCode === 206) return response;
    const refusal = await this.#repository.readRefusal(response, this.#signal);
    throw blobRefusal(response, refusal, this.#repository.reference, digest);
  }

  /** How many of the coming bytes we have: a server may answer a range with the whole (RFC 9110, 14.2). */
  #repeatedBytes(response: IncomingMessage): number {
    if (response.statusCode === 200) return this.#done;
    const start = /^bytes (\d{1,15})-/.exec(response.headers['content-range'] ?? '')?.[1];
    const repeated = this.#done - Number(start ?? Number.NaN);
    if (repeated >= 0) return repeated;
    response.destroy();
    throw this.#broken('RANGE_MISMATCH', 'it answered with another part of it');
  }

  #broken(code: string, why: string): UserError {
    const { domain } = this.#repository.reference;
    return new UserError('external', code, `registry ${domain} sent a wrong blob for ${this.#descriptor.digest}: ${why}`);
  }

  #gaveUp(failure: ExchangeFailure): UserError {
    const { reference } = this.#repository;
    return new UserError(
      'unavailable',
      'REGISTRY_UNAVAILABLE',
      `cannot download ${this.#descriptor.digest} of ${familiarReference(reference)} from registry ${reference.domain}: ${failure.message}`,
      { cause: failure },
    );
  }
}

function isCloseDelimited({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}
