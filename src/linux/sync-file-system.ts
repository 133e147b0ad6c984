import { check, libc } from './native.ts';

const syncfs = libc('int syncfs(int fd)');

/** Writes out everything that waits on the file system of this open file; blocks until it is on the disk. */
export function syncFileSystem(fd: number): void {
  check('syncfs', syncfs(fd));
}
