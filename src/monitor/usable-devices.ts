import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What every container has of its own. */
const own = new Set(['null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'ptmx']);
/** Folders of /dev whose devices users work with. */
const folders = ['.', 'dri', 'net', 'snd', 'input', 'bus/usb'];

/** The host's device files that this user can open, for `--privileged`: root in a user namespace gets no further than its user. */
export function usableDevices(): string[] {
  return folders.flatMap(folder => devicesIn(join('/dev', folder)));
}

function devicesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => (entry.isCharacterDevice() || entry.isBlockDevice()) && !own.has(entry.name))
      .map(entry => join(folder, entry.name))
      .filter(isUsable);
  } catch {
    // Not every machine has each of them.
    return [];
  }
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
