import { closeSync, openSync, readSync } from 'node:fs';

/** Random bytes of the kernel as hex digits. Loading node:crypto for them would add 8 ms to every start of a container. */
export function randomHex(bytes: number): string {
  const fd = openSync('/dev/urandom', 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    readSync(fd, buffer);
    return buffer.toString('hex');
  } finally {
    closeSync(fd);
  }
}
