import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../core/paths.ts';
import { tryLock } from '../linux/flock.ts';
import { withLock } from './locks.ts';

/** A sweep removes files; of a very large image they can take a while. */
const SWEEP_TIMEOUT_MS = 10 * 60_000;

/**
 * Layers and blobs come before the image that needs them, so for a while nothing refers to them. Who holds `content.lock`:
 * - shared: whoever adds layers and blobs, from before the first one to after the image's record (pull, import);
 * - exclusive: whoever removes what nothing refers to.
 * Layers that a container uses need no lock: its record, which names them, is made while its image is held (images.ts).
 */
export function keepContent<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  return withLock(lockPath(paths), work, { mode: 'shared', timeoutMs: SWEEP_TIMEOUT_MS });
}

/**
 * Runs `work` while nobody adds anything. Does not wait for those who do: then it answers undefined, and what there is to remove is left
 * to the next sweep.
 */
export async function sweepContent<T>(paths: Paths, work: () => Promise<T>): Promise<T | undefined> {
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  const lock = tryLock(lockPath(paths));
  if (!lock) return undefined;
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function lockPath(paths: Paths): string {
  return join(paths.root, 'content.lock');
}
