import { check, libc } from './native.ts';

const ioctl = libc('int ioctl(int fd, unsigned long request, void *argument)');
const TIOCSWINSZ = 0x5414;

/** Sets the terminal's size; its foreground process group gets SIGWINCH. */
export function resizeTerminal(fd: number, size: { columns: number; rows: number }): void {
  const winsize = Buffer.alloc(8);
  winsize.writeUInt16LE(size.rows, 0);
  winsize.writeUInt16LE(size.columns, 2);
  check('ioctl', ioctl(fd, TIOCSWINSZ, winsize));
}
