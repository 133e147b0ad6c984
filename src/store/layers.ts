import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { type Digest, hexOf, isDigest } from '../core/digest.ts';
import { errnoOf } from '../core/errors.ts';
import { DigestSchema, mediaTypes } from '../core/oci-image.ts';
import type { Paths } from '../core/paths.ts';
import { tryLock } from '../linux/flock.ts';
import { randomHex } from '../linux/random.ts';
import { sha256 } from '../linux/sha256.ts';
import { syncFolder } from '../linux/sync-folder.ts';
import { withLock } from './locks.ts';
import { readRecord, writeRecord } from './records.ts';

/** `layers/<hex>/layer.json`; beside it `diff/` has the files. Never changed once it is there. */
export const LayerRecord = v.object({
  version: v.literal(1),
  chainId: DigestSchema,
  diffId: DigestSchema,
  parent: v.nullable(DigestSchema),
  /** Bytes of its files. */
  size: v.number(),
  /** What it was unpacked from; absent for a layer that was made here. */
  blob: v.optional(v.object({ digest: DigestSchema, size: v.number(), mediaType: v.string() })),
});
export type LayerRecord = v.InferOutput<typeof LayerRecord>;

/** The work that takes a process in the user's namespace, given from above. */
export interface LayerHands {
  /** Unpacks into an empty folder, all of it on the disk when it resolves. */
  unpack(blob: Readable, folder: string): Promise<{ diffId: Digest; size: number }>;
  removeTrees(paths: readonly string[]): Promise<void>;
}

export type LayerMeta = Pick<LayerRecord, 'diffId' | 'parent' | 'blob'>;

export interface LayerWriter {
  /** Nothing is visible until {@link publish}. */
  unpack(blob: Readable): Promise<{ diffId: Digest; size: number }>;
  /** `as`: its id, for one that had a provisional one. */
  publish(meta: Pick<LayerRecord, 'diffId' | 'parent' | 'blob'>, as?: Digest): Promise<void>;
  abandon(): Promise<void>;
}

/** Another writer of the same layer has to download and unpack it first. */
const WRITER_TIMEOUT_MS = 24 * 3600 * 1000;

/** The chain id of a layer over its parent (OCI image-spec, config.md, Layer ChainID). */
export function chainId(parent: Digest | null, diffId: Digest): Digest {
  if (parent === null) return diffId;
  return `sha256:${sha256(`${parent} ${diffId}`)}`;
}

export function layerDiffPath(paths: Paths, id: Digest): string {
  return join(layerPath(paths, id), 'diff');
}

export function layerExists(paths: Paths, id: Digest): boolean {
  return existsSync(join(layerPath(paths, id), 'layer.json')) && existsSync(layerDiffPath(paths, id));
}

/** @throws UserError `RECORD_MISSING`, `RECORD_DAMAGED`, `RECORD_NEWER` */
export function readLayer(paths: Paths, id: Digest): LayerRecord {
  return readRecord(join(layerPath(paths, id), 'layer.json'), LayerRecord);
}

/** Chain ids of all layers that are whole. */
export function layerIds(paths: Paths): Digest[] {
  return names(paths)
    .map(name => `sha256:${name}`)
    .filter(isDigest);
}

/**
 * Layers come and go by one rename, under a kernel lock each (`locks/layer-<hex>`). `layers/.new-<hex>` is one that is being made,
 * or, when its lock is free, what a killed writer left; `layers/.gone-…` is being removed.
 */
export class LayerStore {
  readonly #paths: Paths;
  readonly #hands: LayerHands;

  constructor(paths: Paths, hands: LayerHands) {
    this.#paths = paths;
    this.#hands = hands;
  }

  /** Runs `work` as the only writer of that layer; where another is at it, waits, and then mostly finds that it exists. */
  withLayer<T>(id: Digest, work: (writer: LayerWriter | 'exists') => Promise<T>): Promise<T> {
    return withLock(
      lockPath(this.#paths, id),
      async () => {
        if (layerExists(this.#paths, id)) return await work('exists');
        const writer = new StagedLayer(this.#paths, this.#hands, id);
        await writer.abandon();
        return await work(writer);
      },
      { timeoutMs: WRITER_TIMEOUT_MS },
    );
  }

  /**
   * Brings in a layer without a parent whose name is known only by what comes out of the archive. One with the same content that is
   * there is kept. On failure nothing is left behind.
   */
  async importLayer(blob: Readable): Promise<LayerRecord> {
    const staging: Digest = `sha256:${randomHex(32)}`;
    const lock = lockPath(this.#paths, staging);
    return await withLock(lock, async () => {
      const staged = new StagedLayer(this.#paths, this.#hands, staging);
      try {
        const { diffId, size } = await staged.unpack(blob);
        const made = { digest: diffId, size, mediaType: mediaTypes.ociLayer };
        await withLock(lockPath(this.#paths, diffId), async () => {
          if (!layerExists(this.#paths, diffId)) await staged.publish({ diffId, parent: null, blob: made }, diffId);
        });
        return readLayer(this.#paths, diffId);
      } finally {
        await staged.abandon();
        // Its name is random: nobody else will ever ask for this lock.
        rmSync(lock, { force: true });
      }
    });
  }

  /** Removes layers that nothing needs any more, which the caller has made sure of. One that is not there counts as removed. */
  async removeLayers(ids: readonly Digest[]): Promise<void> {
    const gone: string[] = [];
    for (const id of ids) {
      await withLock(lockPath(this.#paths, id), () => {
        const condemned = condemn(this.#paths, layerPath(this.#paths, id), hexOf(id));
        if (condemned !== undefined) gone.push(condemned);
      });
    }
    await this.#hands.removeTrees(gone);
  }

  /** Removes what killed writers and removers left. Layers that are being made now are left alone. */
  async removeLeftovers(): Promise<void> {
    await this.#hands.removeTrees(layerLeftovers(this.#paths));
  }
}

/** Folders that belong to no layer and to nobody at work, already taken out of everybody's way: the caller removes them. */
export function layerLeftovers(paths: Paths): string[] {
  return names(paths).flatMap(name => {
    const path = join(paths.root, 'layers', name);
    if (name.startsWith('.gone-')) return [path];
    const hex = /^\.new-([0-9a-f]{64})$/.exec(name)?.[1];
    return hex === undefined ? [] : condemnUnlocked(paths, path, hex);
  });
}

function condemnUnlocked(paths: Paths, path: string, hex: string): string[] {
  const lock = tryLock(join(paths.root, 'locks', `layer-${hex}`));
  if (!lock) return [];
  try {
    return [condemn(paths, path, hex)].filter(condemned => condemned !== undefined);
  } finally {
    lock.release();
  }
}

class StagedLayer implements LayerWriter {
  readonly #paths: Paths;
  readonly #hands: LayerHands;
  readonly #id: Digest;
  readonly #folder: string;
  #unpacked: { diffId: Digest; size: number } | undefined;

  constructor(paths: Paths, hands: LayerHands, id: Digest) {
    this.#paths = paths;
    this.#hands = hands;
    this.#id = id;
    this.#folder = join(paths.root, 'layers', `.new-${hexOf(id)}`);
  }

  async unpack(blob: Readable): Promise<{ diffId: Digest; size: number }> {
    await this.abandon();
    const diff = join(this.#folder, 'diff');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    mkdirSync(diff, { mode: 0o755 });
    this.#unpacked = await this.#hands.unpack(blob, diff);
    return this.#unpacked;
  }

  async publish(meta: Pick<LayerRecord, 'diffId' | 'parent' | 'blob'>, as: Digest = this.#id): Promise<void> {
    const unpacked = this.#unpacked;
    if (unpacked?.diffId !== meta.diffId) throw new Error('a layer is published that was not unpacked');
    const record: LayerRecord = { version: 1, chainId: as, ...meta, size: unpacked.size };
    writeRecord(join(this.#folder, 'layer.json'), record, { durable: true });
    const path = layerPath(this.#paths, as);
    // A damaged one: its record or its files were removed by hand.
    const damaged = condemn(this.#paths, path, hexOf(as));
    renameSync(this.#folder, path);
    syncFolder(join(this.#paths.root, 'layers'));
    if (damaged !== undefined) await this.#hands.removeTrees([damaged]);
  }

  async abandon(): Promise<void> {
    this.#unpacked = undefined;
    if (existsSync(this.#folder)) await this.#hands.removeTrees([this.#folder]);
  }
}

/** Takes a folder out of sight in one step; answers its new path, or undefined when there is none. */
function condemn(paths: Paths, path: string, hex: string): string | undefined {
  const condemned = join(paths.root, 'layers', `.gone-${hex}-${process.pid}-${performance.now().toString(36).replace('.', '')}`);
  try {
    renameSync(path, condemned);
    return condemned;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function names(paths: Paths): string[] {
  try {
    return readdirSync(join(paths.root, 'layers'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function layerPath(paths: Paths, id: Digest): string {
  return join(paths.root, 'layers', hexOf(id));
}

function lockPath(paths: Paths, id: Digest): string {
  return join(paths.root, 'locks', `layer-${hexOf(id)}`);
}
