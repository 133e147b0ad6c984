import { check, libc } from './native.ts';

const pipe2 = libc('int pipe2(void *fds, int flags)');
const fcntl = libc('int fcntl(int fd, int command, int argument)');
const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;

/**
 * A kernel pipe. Node's own `pipe` stdio is a socket pair, and a container that opens /dev/stdout, as nginx's image does, can't open a
 * socket (ENXIO).
 */
export function makePipe(): { readEnd: number; writeEnd: number } {
  const fds = Buffer.alloc(8);
  check('pipe2', pipe2(fds, O_CLOEXEC));
  return { readEnd: fds.readInt32LE(0), writeEnd: fds.readInt32LE(4) };
}

/** A second descriptor for the same open file. */
export function duplicate(fd: number): number {
  return check('fcntl', fcntl(fd, F_DUPFD_CLOEXEC, 0));
}
