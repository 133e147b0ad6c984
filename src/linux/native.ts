import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { getSystemErrorMap } from 'node:util';
import type * as Koffi from 'koffi';

export type NativeArgument = string | number | bigint | Uint8Array | null;
export type NativeFunction = (...args: NativeArgument[]) => number;

interface Addon {
  readonly declare: (prototype: string) => NativeFunction;
  readonly errno: () => number;
  readonly address: (memory: Uint8Array) => bigint;
}

let addon: Addon | undefined;

/**
 * Declares a function of the C library that Node does not offer. Loading happens at the first call of the first one.
 * Paths and names are `const uint8_t *` and go through {@link cString}, so that names which are not UTF-8 stay as they are.
 */
export function libc(prototype: string): NativeFunction {
  let call: NativeFunction | undefined;
  return (...args) => {
    addon ??= loadAddon();
    call ??= addon.declare(prototype);
    return call(...args);
  };
}

/** Bytes of a path or name as C wants them. @throws Error for a NUL inside, which would silently shorten it. */
export function cString(text: string | Uint8Array): Uint8Array {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.includes(0)) throw new Error('a path or name has a NUL byte');
  return Buffer.concat([bytes, Buffer.of(0)]);
}

/** Passes on a result that is not negative; else throws what Node's own calls throw: `code`, `errno`, `syscall`, `path`. */
export function check(syscall: string, result: number, path?: string | Uint8Array): number {
  if (result >= 0) return result;
  const errno = addon?.errno() ?? 0;
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error'];
  const name = path === undefined ? undefined : Buffer.from(path).toString();
  const error = new Error(`${code}: ${text}, ${syscall}${name === undefined ? '' : ` '${name}'`}`);
  throw Object.assign(error, {
    errno: -errno,
    code,
    syscall,
    ...(name === undefined ? {} : { path: name }),
  });
}

/** Where a buffer's bytes lie, for structures that point to others. The caller keeps the buffer alive during the call. */
export function addressOf(memory: Uint8Array): bigint {
  addon ??= loadAddon();
  return addon.address(memory);
}

/** Whether the last native call that failed did so with this error. */
export function failedWith(name: keyof typeof constants.errno): boolean {
  return addon?.errno() === constants.errno[name];
}

/**
 * Opens the foreign function interface's addon directly: its JavaScript front would add 13 ms to each start, the addon alone takes 1.5 ms.
 */
function loadAddon(): Addon {
  const module: { exports: Partial<typeof Koffi> } = { exports: {} };
  if (isSea()) openCarriedAddon(module);
  else process.dlopen(module, installedAddon());
  const { load, errno, address } = module.exports;
  if (!load || !errno || !address) throw new Error('the native addon is not the one this program was built with');
  const library = load('libc.so.6');
  return {
    declare: prototype => library.func(prototype),
    errno: () => errno(),
    address,
  };
}

function installedAddon(): string {
  const folder = `linux_${process.arch}`;
  return createRequire(import.meta.url).resolve(`@koromix/koffi-linux-${process.arch}/${folder}/koffi.node`);
}

/** The single binary carries the addon as an asset; the dynamic linker needs a file, which is unpacked once to a private folder. */
function openCarriedAddon(module: { exports: object }): void {
  const bytes = Buffer.from(getRawAsset('koffi.node'));
  for (const folder of cacheFolders()) {
    const path = join(folder, `native-${process.arch}-${bytes.length}.node`);
    try {
      if (statSync(path, { throwIfNoEntry: false })?.size !== bytes.length) unpack(folder, path, bytes);
      process.dlopen(module, path);
      return;
    } catch {
      // Read-only, full, or mounted noexec: the next folder may do.
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'tsdocker-'));
  try {
    const path = join(folder, 'native.node');
    writeFileSync(path, bytes);
    process.dlopen(module, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function unpack(folder: string, path: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const staged = `${path}.${process.pid}`;
  writeFileSync(staged, bytes, { mode: 0o500 });
  renameSync(staged, path);
}

function cacheFolders(): string[] {
  const { XDG_CACHE_HOME, HOME, XDG_RUNTIME_DIR } = process.env;
  const folders: string[] = [];
  if (XDG_CACHE_HOME?.startsWith('/')) folders.push(join(XDG_CACHE_HOME, 'tsdocker'));
  if (HOME?.startsWith('/')) folders.push(join(HOME, '.cache/tsdocker'));
  if (XDG_RUNTIME_DIR?.startsWith('/')) folders.push(join(XDG_RUNTIME_DIR, 'tsdocker'));
  return folders;
}
