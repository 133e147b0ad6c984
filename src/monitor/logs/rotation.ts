import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat, utimes } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '../../core/errors.ts';

/**
 * Makes `path` free for a new file: it becomes `path.1`, that becomes `path.2` or `path.2.gz`, and the oldest goes.
 * Killed at any point, it leaves a set that readers and the next rotation understand.
 */
export async function shiftLogFiles(path: string, maxFiles: number): Promise<void> {
  const last = maxFiles - 1;
  await rm(`${path}.${last}`, { force: true });
  await rm(`${path}.${last}.gz`, { force: true });
  for (let number = last - 1; number >= 1; number--)
    for (const ending of ['', '.gz']) await renameIfThere(`${path}.${number}${ending}`, `${path}.${number + 1}${ending}`);
  if (last >= 1) await renameIfThere(path, `${path}.1`);
}

/**
 * Compresses `path.2` where there is one. Not `path.1`: a reader that follows may still have to open that.
 * The compressed file keeps the time of the plain one, and its inode number in a header field that nobody needs (MTIME, RFC 1952
 * section 2.3.1): readers know it again by these, also while they still read the plain one.
 */
export async function compressRotated(path: string): Promise<void> {
  const plain = `${path}.2`;
  const times = await stat(plain, { bigint: true }).catch(ignoreMissing);
  if (times === undefined) return;
  const { createGzip } = await import('node:zlib');
  const temporary = `${plain}.gz.tmp`;
  await pipeline(createReadStream(plain), createGzip(), createWriteStream(temporary, { mode: 0o600 }));
  await writeOrigin(temporary, Number(BigInt.asUintN(32, times.ino)));
  await utimes(temporary, Number(times.atimeNs) / 1e9, Number(times.mtimeNs) / 1e9);
  await rename(temporary, `${plain}.gz`);
  await rm(plain);
}

async function writeOrigin(path: string, inode: number): Promise<void> {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(inode);
  const file = await open(path, 'r+');
  try {
    await file.write(field, 0, 4, 4);
  } finally {
    await file.close();
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error;
  return undefined;
}
