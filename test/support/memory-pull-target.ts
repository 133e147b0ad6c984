import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Digest } from '../../src/core/digest.ts';
import type { LayerWriter, PulledImage, PullTarget } from '../../src/engine/images/pull-target.ts';
import { sha256 } from './registry-image.ts';

export type LayerMeta = Parameters<LayerWriter['publish']>[0];

/** A pull target without a disk: what was published, and how often a layer was given up. */
export class MemoryPullTarget implements PullTarget {
  readonly published = new Map<Digest, LayerMeta>();
  readonly records: PulledImage[] = [];
  readonly blobs = new Map<Digest, Buffer>();
  abandoned = 0;
  readonly #locks = new Map<Digest, Promise<void>>();
  readonly #failUnpack: (() => Error) | undefined;

  constructor(options: { failUnpack?: () => Error } = {}) {
    this.#failUnpack = options.failUnpack;
  }

  readonly layers: PullTarget['layers'] = {
    exists: chainId => this.published.has(chainId),
    withLayer: async (chainId, work) => {
      while (this.#locks.has(chainId)) await this.#locks.get(chainId);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#locks.set(chainId, promise);
      try {
        return await work(this.published.has(chainId) ? 'exists' : this.#writer(chainId));
      } finally {
        this.#locks.delete(chainId);
        resolve();
      }
    },
  };

  readonly images: PullTarget['images'] = {
    find: async name => this.records.findLast(({ id, repoTags, repoDigests }) => [id, ...repoTags, ...repoDigests].includes(name))?.id,
    putBlob: async (digest, bytes) => {
      this.blobs.set(digest, bytes);
    },
    record: async image => {
      this.records.push(image);
    },
  };

  #writer(chainId: Digest): LayerWriter {
    return {
      unpack: async blob => {
        if (this.#failUnpack !== undefined) throw this.#failUnpack();
        const tar = await decompressed(blob);
        return { diffId: sha256(tar), size: tar.length };
      },
      publish: async meta => {
        this.published.set(chainId, meta);
      },
      abandon: async () => {
        this.abandoned++;
      },
    };
  }
}

/** Decompresses while it comes, so that a stream that breaks is seen to break in the middle. */
async function decompressed(blob: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let decoder: ReturnType<typeof createGunzip> | undefined;
  const output: Buffer[] = [];
  let ended: Promise<void> | undefined;
  for await (const chunk of blob) {
    if (decoder === undefined && chunks.length === 0) {
      decoder = decoderFor(chunk);
      ended = decoder && collect(decoder, output);
      ended?.catch(() => {});
    }
    if (decoder === undefined) chunks.push(chunk);
    else decoder.write(chunk);
  }
  if (decoder === undefined) return Buffer.concat(chunks);
  decoder.end();
  await ended;
  return Buffer.concat(output);
}

async function collect(stream: Readable, into: Buffer[]): Promise<void> {
  for await (const chunk of stream) into.push(chunk);
}

function decoderFor(first: Buffer) {
  if (first.readUInt16BE(0) === 0x1f8b) return createGunzip();
  return first.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined;
}
