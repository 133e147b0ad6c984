import { closeSync, ftruncateSync, linkSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { errnoOf } from '../../core/errors.ts';
import { makeFifo } from '../../linux/special-files.ts';
import type { TarEntry } from '../tar/entry.ts';
import type { TarSink } from '../tar/reader.ts';
import { Attributes, setTime } from './attributes.ts';
import { entryFailure, invalidEntry } from './failure.ts';
import type { Limits } from './limits.ts';
import type { MappedIds } from './mapped-ids.ts';
import { componentsOf } from './names.ts';
import { pathBytes } from './path-bytes.ts';
import { Tree } from './tree.ts';

interface OpenFile {
  readonly fd: number;
  readonly path: Buffer;
  readonly entry: TarEntry;
  /** Bytes written so far, from the beginning. */
  end: number;
}

/**
 * Makes a layer's files in the folder that is this process's root, in the form overlayfs wants: whiteouts as character devices 0:0, opaque
 * folders by an attribute. Synchronous on purpose: a promise for each of some ten thousand small files costs more than the files.
 */
export class Extractor implements TarSink {
  /** Bytes of all regular files, hard links once. */
  size = 0;
  readonly #limits: Limits;
  readonly #attributes: Attributes;
  readonly #tree = new Tree(path => this.#forget(path));
  /** Set at the end, since each file made in a folder changes its time. */
  readonly #folders = new Map<string, TarEntry>();
  /** Hard links whose target has not come yet, by their own path. */
  readonly #waitingLinks = new Map<string, TarEntry>();
  readonly #skippedDevices = new Set<string>();
  #entries = 0;
  #file: OpenFile | undefined;

  constructor(ids: MappedIds, limits: Limits) {
    this.#attributes = new Attributes(ids);
    this.#limits = limits;
  }

  entry(entry: TarEntry): void {
    this.#limits.checkEntries(++this.#entries);
    try {
      this.#make(entry);
    } catch (error) {
      throw entryFailure(entry.name, error);
    }
  }

  data(bytes: Buffer, position: number): void {
    const file = this.#file;
    if (!file) return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file.fd, bytes, done, bytes.length - done, position + done);
      file.end = position + bytes.length;
    } catch (error) {
      throw entryFailure(file.entry.name, error);
    }
  }

  end(): void {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    try {
      if (file.end < file.entry.size) ftruncateSync(file.fd, file.entry.size);
      this.#attributes.applyToOpenFile(file.fd, file.path, file.entry);
      setTime(file.path, file.entry);
    } catch (error) {
      throw entryFailure(file.entry.name, error);
    } finally {
      closeSync(file.fd);
    }
  }

  /** Makes what had to wait for the rest. @throws UserError for a hard link to something that never came */
  finish(): void {
    this.#makeWaitingLinks();
    for (const [path, entry] of this.#folders) setTime(pathBytes(path), entry);
  }

  #make(entry: TarEntry): void {
    const parts = componentsOf(entry.name, entry.name);
    const base = parts.pop();
    if (base === undefined) {
      if (entry.type !== 'directory') throw invalidEntry(entry.name, 'would replace the root folder');
      this.#makeFolder('', entry);
      return;
    }
    const folder = this.#tree.folder(parts, entry.name);
    if (base.startsWith('.wh.')) this.#applyMark(folder, base, entry);
    else this.#makeAt(join(folder, base), entry);
  }

  #applyMark(folder: string, base: string, entry: TarEntry): void {
    if (base === '.wh..wh..opq') {
      this.#tree.makeOpaque(folder);
      return;
    }
    // Other names of aufs's own, as in docker.
    if (base.startsWith('.wh..wh.')) return;
    const name = base.slice('.wh.'.length);
    if (name === '' || name === '.' || name === '..') throw invalidEntry(entry.name, 'removes nothing that has a name');
    this.#tree.whiteOut(join(folder, name));
  }

  #makeAt(path: string, entry: TarEntry): void {
    this.#waitingLinks.delete(path);
    switch (entry.type) {
      case 'directory':
        this.#makeFolder(path, entry);
        return;
      case 'file':
        this.#openFile(path, entry);
        return;
      case 'link':
        if (!this.#link(path, entry)) this.#waitingLinks.set(path, entry);
        return;
      case 'character-device':
      case 'block-device':
        // A user namespace may not make devices. Device 0:0 it may, but that is overlayfs's whiteout, which an image writes as `.wh.`.
        this.#tree.remove(path);
        this.#skippedDevices.add(path);
        return;
      case 'symlink':
        if (entry.linkName === '') throw invalidEntry(entry.name, 'is a link to nowhere');
        if (entry.linkName.includes('\0')) throw invalidEntry(entry.name, 'is a link to a name with a NUL byte');
        this.#tree.replace(path, bytes => symlinkSync(Buffer.from(entry.linkName, 'latin1'), bytes));
        break;
      case 'fifo':
        this.#tree.replace(path, bytes => makeFifo(bytes, 0o600));
    }
    this.#attributes.apply(pathBytes(path), entry);
    setTime(pathBytes(path), entry);
  }

  #makeFolder(path: string, entry: TarEntry): void {
    this.#tree.makeFolder(path, 0o700);
    this.#attributes.apply(pathBytes(path), entry);
    this.#folders.set(path, entry);
  }

  #openFile(path: string, entry: TarEntry): void {
    this.size += entry.size;
    this.#limits.checkBytes(this.size);
    this.#tree.replace(path, bytes => {
      this.#file = { fd: openSync(bytes, 'wx', entry.mode & 0o777), path: bytes, entry, end: 0 };
    });
  }

  /** False when the target does not exist, or not yet. */
  #link(path: string, entry: TarEntry): boolean {
    const parts = componentsOf(entry.linkName, entry.name);
    const base = parts.pop();
    if (base === undefined) throw invalidEntry(entry.name, 'is a hard link to a folder');
    const folder = this.#tree.existingFolder(parts, entry.name);
    if (folder === undefined) return false;
    const target = join(folder, base);
    if (this.#skippedDevices.has(target)) {
      this.#skippedDevices.add(path);
      return true;
    }
    const stat = this.#tree.stat(target);
    // A character device here is a whiteout: this layer has no such file.
    if (stat === undefined || stat.isCharacterDevice()) return false;
    if (stat.isDirectory()) throw invalidEntry(entry.name, 'is a hard link to a folder');
    if (target !== path) this.#tree.replace(path, bytes => linkSync(pathBytes(target), bytes));
    return true;
  }

  /** A link may wait for another link: goes round as long as that helps. */
  #makeWaitingLinks(): void {
    for (let before = -1; this.#waitingLinks.size !== before; ) {
      before = this.#waitingLinks.size;
      for (const [path, entry] of this.#waitingLinks) if (this.#linkNow(path, entry)) this.#waitingLinks.delete(path);
    }
    for (const entry of this.#waitingLinks.values())
      throw invalidEntry(entry.name, 'is a hard link to a file that the layer does not have');
  }

  #linkNow(path: string, entry: TarEntry): boolean {
    try {
      return this.#link(path, entry);
    } catch (error) {
      // Its folder has been replaced by something else since.
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return true;
      throw entryFailure(entry.name, error);
    }
  }

  #forget(path: string): void {
    this.#folders.delete(path);
    this.#skippedDevices.delete(path);
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
