import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, UserError } from '../core/errors.ts';
import { explainSystemError } from '../core/system-failure.ts';
import { type FileLock, waitForLock } from '../linux/flock.ts';

/** Nothing holds one of the store's locks for longer than a change of a few records takes. */
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Runs `work` while holding the kernel lock at `path`.
 * @throws UserError `LOCK_TIMEOUT`, `DISK_FULL`, `SYSTEM_REFUSED`
 */
export async function withLock<T>(
  path: string,
  work: () => T | Promise<T>,
  options: { timeoutMs?: number; mode?: 'exclusive' | 'shared' } = {},
): Promise<T> {
  const lock = await acquire(path, { timeoutMs: DEFAULT_TIMEOUT_MS, ...options });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function acquire(path: string, options: { timeoutMs: number; mode?: 'exclusive' | 'shared' }): Promise<FileLock> {
  const lock = await lockIn(path, options);
  if (lock) return lock;
  throw new UserError('unavailable', 'LOCK_TIMEOUT', `another tsdocker has held ${path} for ${options.timeoutMs / 1000} s`, {
    hint: `fuser -v ${path} shows which one`,
  });
}

async function lockIn(path: string, options: { timeoutMs: number; mode?: 'exclusive' | 'shared' }): Promise<FileLock | null> {
  try {
    return await waitForLock(path, options);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw explainSystemError(error, path);
    makeFolder(dirname(path));
    return await waitForLock(path, options);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainSystemError(error, path);
  }
}
