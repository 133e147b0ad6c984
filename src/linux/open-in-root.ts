import { closeSync, constants, openSync, readSync } from 'node:fs';
import { check, cString, failedWith, libc } from './native.ts';

const syscall = libc('long syscall(long number, int dirfd, const uint8_t *path, void *how, size_t size)');
/** The same number on every architecture (openat2 is younger than their unification). */
const SYS_openat2 = 437;
const RESOLVE_IN_ROOT = 0x10;
const RESOLVE_NO_MAGICLINKS = 0x02;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;

/**
 * Opens `path` as a process with root folder `root` would: links, absolute ones and `..` included, never lead out, whatever a container
 * does to the tree meanwhile (openat2(2), RESOLVE_IN_ROOT). Answers null when it does not exist.
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number | null {
  const rootFd = openSync(root, constants.O_DIRECTORY | constants.O_RDONLY | O_PATH);
  try {
    // struct open_how: u64 flags, u64 mode, u64 resolve
    const how = Buffer.alloc(24);
    how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
    how.writeBigUInt64LE(BigInt(mode), 8);
    how.writeBigUInt64LE(BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), 16);
    const fd = syscall(SYS_openat2, rootFd, cString(path), how, how.length);
    if (fd < 0 && (failedWith('ENOENT') || failedWith('ENOTDIR') || failedWith('ELOOP'))) return null;
    return check('openat2', fd, path);
  } finally {
    closeSync(rootFd);
  }
}

/** Up to `limit` bytes of a regular file inside `root`; null when there is none. */
export function readFileInRoot(root: string, path: string, limit: number): Buffer | null {
  const fd = openInRoot(root, path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fd === null) return null;
  try {
    const buffer = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const read = readSync(fd, buffer, length, limit - length, null);
      if (read === 0) break;
      length += read;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}
