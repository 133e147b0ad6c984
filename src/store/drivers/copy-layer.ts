import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
} from 'node:fs';
import { makeFifo } from '../../linux/special-files.ts';
import { getXattr, listXattrs, setXattr } from '../../linux/xattr.ts';

const opaqueXattr = 'user.overlay.opaque';
const separator = Buffer.from('/');

/**
 * Applies one layer's diff to a folder that holds the result of those below it: whiteouts remove, opaque folders replace, all else is
 * copied with owner, mode, times, attributes and hard links. Names are bytes; links are never followed.
 */
export function copyLayerOnto(layer: string, target: string): void {
  new LayerCopy().folder(Buffer.from(layer), Buffer.from(target));
}

class LayerCopy {
  /** Where the first name of a file with several was copied to, by inode. */
  readonly #linked = new Map<number, Buffer>();

  folder(from: Buffer, to: Buffer): void {
    for (const name of readdirSync(from, { encoding: 'buffer' })) {
      this.#entry(Buffer.concat([from, separator, name]), Buffer.concat([to, separator, name]));
    }
    copyAttributes(from, to, lstatSync(from));
  }

  #entry(from: Buffer, to: Buffer): void {
    const stat = lstatSync(from);
    const existing = lstatSync(to, { throwIfNoEntry: false });
    if (isWhiteout(stat)) {
      remove(to);
      return;
    }
    if (stat.isDirectory()) {
      if (existing && (!existing.isDirectory() || isOpaque(from))) remove(to);
      mkdirSync(to, { recursive: true });
      this.folder(from, to);
      return;
    }
    if (existing) remove(to);
    const first = stat.nlink > 1 ? this.#linked.get(stat.ino) : undefined;
    if (first) {
      linkSync(first, to);
      return;
    }
    if (stat.nlink > 1) this.#linked.set(stat.ino, to);
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to);
    else if (stat.isFIFO()) makeFifo(to, stat.mode);
    else copyFileSync(from, to, constants.COPYFILE_FICLONE);
    copyAttributes(from, to, stat);
  }
}

function isWhiteout(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0;
}

function isOpaque(folder: Buffer): boolean {
  return getXattr(folder, opaqueXattr)?.toString() === 'y';
}

function remove(path: Buffer): void {
  rmSync(path, { recursive: true, force: true });
}

/** The owner first: changing it clears the setuid bits and security.capability. */
function copyAttributes(from: Buffer, to: Buffer, stat: Stats): void {
  lchownSync(to, stat.uid, stat.gid);
  if (!stat.isSymbolicLink()) chmodSync(to, stat.mode & 0o7777);
  for (const name of listXattrs(from)) {
    const value = name === opaqueXattr ? undefined : getXattr(from, name);
    if (value) setXattr(to, name, value);
  }
  lutimesSync(to, stat.atime, stat.mtime);
}
