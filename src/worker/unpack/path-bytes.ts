/** A path below the process's root, as bytes for system calls. */
export function pathBytes(path: string): Buffer {
  return Buffer.from(`/${path}`, 'latin1');
}
