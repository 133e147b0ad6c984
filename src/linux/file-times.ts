import { check, cString, libc } from './native.ts';

const utimensat = libc('int utimensat(int dirfd, const uint8_t *path, const void *times, int flags)');
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

export interface FileTime {
  /** Whole seconds since the epoch, possibly negative. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Sets access and modification time of the path itself. Node's own calls take a double, which can't hold today's nanoseconds. */
export function setFileTime(path: string | Uint8Array, time: FileTime): void {
  // struct timespec [2]
  const times = Buffer.allocUnsafe(32);
  for (const at of [0, 16]) {
    times.writeBigInt64LE(BigInt(time.seconds), at);
    times.writeBigInt64LE(BigInt(time.nanoseconds), at + 8);
  }
  check('utimensat', utimensat(AT_FDCWD, cString(path), times, AT_SYMLINK_NOFOLLOW), path);
}
