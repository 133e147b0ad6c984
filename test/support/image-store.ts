import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { Digest } from '../../src/core/digest.ts';
import type { ImageRecord } from '../../src/core/image.ts';
import type { ImageConfig } from '../../src/core/oci-image.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import type { ImagesDeps, ImageUser } from '../../src/engine/images/index.ts';
import { digestOf, putBlob } from '../../src/store/blobs.ts';
import { addImage } from '../../src/store/image-list.ts';
import { updateImages } from '../../src/store/images.ts';

/** A digest that is easily told from others: `sha256:` and the text's hash behind a readable beginning. */
export function fakeDigest(prefix: string): Digest {
  return `sha256:${prefix.padEnd(64, '0')}`;
}

export function temporaryPaths(context: TestContext): Paths {
  const home = mkdtempSync('/tmp/tsd-images-');
  context.after(() => rmSync(home, { recursive: true, force: true }));
  return resolvePaths({ XDG_RUNTIME_DIR: join(home, 'run') }, 1000, home);
}

export function imageRecord(part: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: fakeDigest('a1'),
    repoTags: [],
    repoDigests: [],
    layers: [],
    size: 0,
    created: '2026-01-01T00:00:00Z',
    lastTagTime: '2026-01-01T00:00:00Z',
    os: 'linux',
    architecture: 'amd64',
    ...part,
  };
}

/** An image with a real config blob, listed. */
export async function storeImage(paths: Paths, part: Partial<ImageRecord>, config: Partial<ImageConfig> = {}): Promise<ImageRecord> {
  const whole = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] }, created: part.created, ...config };
  const bytes = Buffer.from(JSON.stringify(whole));
  const image = imageRecord({ ...part, id: digestOf(bytes) });
  putBlob(paths, image.id, bytes);
  await updateImages(paths, images => ({ images: addImage(images, image), result: undefined }));
  return image;
}

/** Layers without a disk: what is there, and what came in. */
export class MemoryLayers {
  readonly sizes = new Map<Digest, number>();

  readonly store: ImagesDeps['layers'] = {
    exists: () => false,
    withLayer: () => Promise.reject(new Error('not part of this test')),
    importLayer: (tar: Readable) => this.#import(tar),
    read: chainId => ({ size: this.sizes.get(chainId) ?? 0 }),
    list: () => [...this.sizes.keys()],
    remove: async chainIds => {
      for (const chainId of chainIds) this.sizes.delete(chainId);
    },
  };

  async #import(tar: Readable): Promise<{ diffId: Digest; size: number }> {
    const bytes = await buffer(tar);
    const diffId = digestOf(bytes);
    this.sizes.set(diffId, bytes.length);
    return { diffId, size: bytes.length };
  }
}

export function imagesDeps(paths: Paths, layers: MemoryLayers, containers: readonly ImageUser[] = []): ImagesDeps {
  return {
    paths,
    layers: layers.store,
    registry: () => Promise.reject(new Error('not part of this test')),
    arch: 'x64',
    containers: () => containers,
  };
}

export function imageUser(part: Partial<ImageUser> & { imageId: Digest }): ImageUser {
  return { id: 'c0ffee'.padEnd(64, '0'), name: 'web', layers: [], running: false, ...part };
}
