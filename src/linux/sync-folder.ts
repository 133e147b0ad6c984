import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes the names in a folder last: a rename is on the disk only when its folder is (fsync(2)). */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
