import { chmodSync, fchmodSync, fchownSync, lchownSync } from 'node:fs';
import { errnoOf, UserError } from '../../core/errors.ts';
import { setFileTime } from '../../linux/file-times.ts';
import { setXattr } from '../../linux/xattr.ts';
import { shownName, type TarEntry } from '../tar/entry.ts';
import type { MappedIds } from './mapped-ids.ts';

/** Owner, mode and attributes of what an entry made, in the order the kernel needs: chown takes setuid bits and capabilities away. */
export class Attributes {
  readonly #ids: MappedIds;

  constructor(ids: MappedIds) {
    this.#ids = ids;
  }

  /** For a file that was opened with its mode: only bits beyond the permissions are still to be set. */
  applyToOpenFile(fd: number, path: Buffer, entry: TarEntry): void {
    if (this.#chowns(entry)) fchownSync(fd, entry.uid, entry.gid);
    if ((entry.mode & 0o7000) !== 0) fchmodSync(fd, entry.mode);
    setXattrs(path, entry);
  }

  apply(path: Buffer, entry: TarEntry): void {
    if (this.#chowns(entry)) lchownSync(path, entry.uid, entry.gid);
    // A link has no mode of its own.
    if (entry.type !== 'symlink') chmodSync(path, entry.mode);
    setXattrs(path, entry);
  }

  /** New files belong to 0:0, and with a single id there is nobody else to give them to. */
  #chowns({ name, uid, gid }: TarEntry): boolean {
    if (this.#ids.singleId) return false;
    if (!this.#ids.hasUid(uid)) throw outsideMap(name, 'user', uid, '/etc/subuid');
    if (!this.#ids.hasGid(gid)) throw outsideMap(name, 'group', gid, '/etc/subgid');
    return uid !== 0 || gid !== 0;
  }
}

export function setTime(path: Buffer, entry: TarEntry): void {
  setFileTime(path, entry.mtime);
}

function setXattrs(path: Buffer, entry: TarEntry): void {
  for (const { name, value } of entry.xattrs) {
    // Overlayfs's own marks are only ours to set: an image could point a name at any file below with them.
    if (name.startsWith('user.overlay.') || name.startsWith('trusted.overlay.')) continue;
    try {
      setXattr(path, Buffer.from(name, 'latin1'), value);
    } catch (error) {
      // As docker: not every file system has attributes, and a user namespace may not set trusted.* or security.selinux.
      const code = errnoOf(error);
      if (code !== 'EOPNOTSUPP' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
    }
  }
}

function outsideMap(name: string, kind: 'user' | 'group', id: number, file: string): UserError {
  return new UserError(
    'unsupported',
    'ID_NOT_MAPPED',
    `the file ${shownName(name)} belongs to ${kind} id ${id}, which is not among the ids that ${file} gives you`,
    { hint: `give your user a larger range in ${file}, so that it holds at least ${id} ids` },
  );
}
