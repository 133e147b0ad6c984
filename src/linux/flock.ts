import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { check, failedWith, libc } from './native.ts';

const flock = libc('int flock(int fd, int operation)');
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A kernel lock: it ends with its holder, however that ends. */
export interface FileLock {
  readonly fd: number;
  release(): void;
}

/** Takes the lock if nobody holds it, else answers null. The file is made when missing, and not removed by us: its inode is the lock. */
export function tryLock(path: string, mode: 'exclusive' | 'shared' = 'exclusive'): FileLock | null {
  for (;;) {
    const fd = openSync(path, 'a', 0o600);
    if (!lockFd(fd, path, mode)) return null;
    // The file may have been removed, with its folder or alone, after it was opened: others now lock another one.
    if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return { fd, release: () => closeSync(fd) };
    closeSync(fd);
  }
}

/** False, and the descriptor closed, when another holds it. */
function lockFd(fd: number, path: string, mode: 'exclusive' | 'shared'): boolean {
  const result = flock(fd, (mode === 'exclusive' ? LOCK_EX : LOCK_SH) | LOCK_NB);
  if (result === 0) return true;
  const held = failedWith('EAGAIN');
  try {
    if (!held) check('flock', result, path);
  } finally {
    closeSync(fd);
  }
  return false;
}

/**
 * Waits until the lock is free. Polls with growing pauses (2 ms to 50 ms), since a blocking flock would stop the event loop.
 * Answers null when `timeoutMs` is over.
 */
export async function waitForLock(
  path: string,
  options: {
    mode?: 'exclusive' | 'shared';
    timeoutMs?: number;
    signal?: AbortSignal;
  } = {},
): Promise<FileLock | null> {
  const end = options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeoutMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const lock = tryLock(path, options.mode);
    if (lock) return lock;
    if (performance.now() >= end) return null;
    await delay(pauseMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}
