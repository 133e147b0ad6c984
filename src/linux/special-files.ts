import { check, cString, libc } from './native.ts';

const mknod = libc('int mknod(const uint8_t *path, unsigned int mode, unsigned long dev)');
const chrootCall = libc('int chroot(const uint8_t *path)');

const S_IFIFO = 0o010000;
const S_IFCHR = 0o020000;

export function makeFifo(path: string | Uint8Array, mode: number): void {
  check('mknod', mknod(cString(path), S_IFIFO | (mode & 0o7777), 0), path);
}

/** Overlayfs's mark for a name that lower layers have and this one has not: the one device a user namespace may make (kernel ≥ 5.8). */
export function makeWhiteout(path: string | Uint8Array): void {
  check('mknod', mknod(cString(path), S_IFCHR, 0), path);
}

/** Makes `path` this whole process's root and working folder; there is no way back. Needs CAP_SYS_CHROOT in the user namespace. */
export function chroot(path: string): void {
  check('chroot', chrootCall(cString(path)), path);
  process.chdir('/');
}
