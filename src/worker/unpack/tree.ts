import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmdirSync, type Stats, unlinkSync } from 'node:fs';
import { errnoOf } from '../../core/errors.ts';
import { makeWhiteout } from '../../linux/special-files.ts';
import { setXattr } from '../../linux/xattr.ts';
import { invalidEntry } from './failure.ts';
import { pathBytes } from './path-bytes.ts';

/** As many links as the kernel follows in one path (path_resolution(7)). */
const MAX_LINKS = 40;
const MAX_DEPTH = 4096;

/**
 * The folder tree of a layer while it is made, for a process whose root is that layer. Paths are without their first slash, and free of
 * links once they are resolved.
 */
export class Tree {
  /** Where the folders that names stand for really are; forgotten as soon as one of them may have changed. */
  #resolved = new Map<string, string>();
  readonly #whiteouts = new Set<string>();
  /** Called with each path that is removed again. */
  readonly #onRemoved: (path: string) => void;

  constructor(onRemoved: (path: string) => void) {
    this.#onRemoved = onRemoved;
  }

  /**
   * The real path of a folder, links followed as a process in the container would. Missing folders are made, also those that a link
   * leads to: they may be in a lower layer, which is not seen here.
   */
  folder(parts: readonly string[], entryName: string): string {
    const key = parts.join('/');
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const path = this.#resolve(parts, entryName, true);
    if (path === undefined) throw new Error('a folder that is made when missing is missing');
    this.#resolved.set(key, path);
    return path;
  }

  /** As {@link folder}, but makes nothing; undefined when it does not exist. */
  existingFolder(parts: readonly string[], entryName: string): string | undefined {
    return this.#resolved.get(parts.join('/')) ?? this.#resolve(parts, entryName, false);
  }

  /** Makes something at `path` in place of what is there. */
  replace(path: string, make: (path: Buffer) => void): void {
    const bytes = pathBytes(path);
    try {
      make(bytes);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      this.remove(path);
      make(pathBytes(path));
    }
  }

  /** Makes a folder, or keeps the one that is there. One that stands for a whiteout too hides what lower layers have in it. */
  makeFolder(path: string, mode: number): void {
    if (this.#isFolder(path)) return;
    this.replace(path, bytes => mkdirSync(bytes, mode));
    if (this.#whiteouts.has(path)) this.makeOpaque(path);
  }

  makeOpaque(path: string): void {
    setXattr(pathBytes(path), 'user.overlay.opaque', Buffer.from('y'));
  }

  /** Hides the name in lower layers. What this layer itself has there stays, whether it comes before or after (image-spec, layer.md). */
  whiteOut(path: string): void {
    this.#whiteouts.add(path);
    const existing = this.stat(path);
    if (existing === undefined) makeWhiteout(pathBytes(path));
    else if (existing.isDirectory()) this.makeOpaque(path);
  }

  stat(path: string): Stats | undefined {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false });
  }

  remove(path: string): void {
    const stat = this.stat(path);
    if (stat === undefined) return;
    this.#resolved = new Map();
    if (stat.isDirectory()) this.#removeFolder(path);
    else unlinkSync(pathBytes(path));
    this.#onRemoved(path);
  }

  #removeFolder(path: string): void {
    const names = readdirSync(pathBytes(path), { encoding: 'buffer' });
    for (const name of names) this.remove(`${path}/${name.toString('latin1')}`);
    rmdirSync(pathBytes(path));
  }

  #isFolder(path: string): boolean {
    return path === '' || (this.stat(path)?.isDirectory() ?? false);
  }

  #resolve(parts: readonly string[], entryName: string, make: boolean): string | undefined {
    const rest = parts.toReversed();
    let path = '';
    let links = 0;
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '..') {
        path = path.slice(0, Math.max(0, path.lastIndexOf('/')));
        continue;
      }
      const next = path === '' ? part : `${path}/${part}`;
      const stat = this.stat(next);
      if (stat?.isSymbolicLink()) {
        const target = readlinkSync(pathBytes(next), { encoding: 'buffer' }).toString('latin1');
        if (++links > MAX_LINKS) throw invalidEntry(entryName, 'lies behind too many links');
        if (target.startsWith('/')) path = '';
        rest.push(
          ...target
            .split('/')
            .filter(name => name !== '' && name !== '.')
            .reverse(),
        );
        if (rest.length > MAX_DEPTH) throw invalidEntry(entryName, 'lies too deep');
        continue;
      }
      if (!stat?.isDirectory()) {
        const isWhiteout = this.#whiteouts.has(next) && stat?.isCharacterDevice();
        if (stat && !isWhiteout) throw invalidEntry(entryName, 'lies below something that is not a folder');
        if (!make) return undefined;
        this.makeFolder(next, 0o755);
      }
      path = next;
    }
    return path;
  }
}
