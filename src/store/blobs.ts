import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Digest, hexOf, isDigest } from '../core/digest.ts';
import { errnoOf, UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import { sha256 } from '../linux/sha256.ts';
import { syncFolder } from '../linux/sync-folder.ts';

/**
 * `blobs/sha256/<hex>`: configs and manifests, each under the digest of its bytes. A blob is never changed. Its name without the dot
 * appears by rename, when all of it is on the disk.
 */
export function blobPath(paths: Paths, digest: Digest): string {
  return join(paths.root, 'blobs', 'sha256', hexOf(digest));
}

/**
 * Keeps bytes that the caller says have this digest; one that is there and whole is left alone, a damaged one is replaced.
 * @throws UserError `BLOB_DIGEST_MISMATCH`, `BLOB_UNWRITABLE`
 */
export function putBlob(paths: Paths, digest: Digest, bytes: Buffer): void {
  const actual = digestOf(bytes);
  if (actual !== digest) {
    throw new UserError('external', 'BLOB_DIGEST_MISMATCH', `the content for blob ${digest} has the digest ${actual}`);
  }
  if (isWhole(paths, digest)) return;
  writeWhole(blobPath(paths, digest), bytes);
}

/** @throws UserError `BLOB_MISSING`, `BLOB_DAMAGED`, each naming the path */
export function readBlob(paths: Paths, digest: Digest): Buffer {
  const bytes = readBlobUnchecked(paths, digest);
  if (digestOf(bytes) === digest) return bytes;
  throw new UserError('external', 'BLOB_DAMAGED', `blob ${blobPath(paths, digest)} is damaged: its content does not have its digest`);
}

/**
 * As {@link readBlob}, for the start of a container, which has no time to load a hash function: the blob had its digest when it was
 * written, and whoever reads it checks its form. @throws UserError `BLOB_MISSING`
 */
export function readBlobUnchecked(paths: Paths, digest: Digest): Buffer {
  const path = blobPath(paths, digest);
  const bytes = readIfThere(path);
  if (bytes === undefined) throw new UserError('external', 'BLOB_MISSING', `blob ${path} is missing`);
  return bytes;
}

export function hasBlob(paths: Paths, digest: Digest): boolean {
  return existsSync(blobPath(paths, digest));
}

/** One that is not there counts as removed. */
export function removeBlob(paths: Paths, digest: Digest): void {
  rmSync(blobPath(paths, digest), { force: true });
}

/** Names of blobs; not of files that a killed writer left. */
export function listBlobs(paths: Paths): Digest[] {
  return names(paths)
    .map(name => `sha256:${name}`)
    .filter(isDigest);
}

/** Removes what killed writers left. For a caller who knows that nobody is writing now. */
export function removeUnfinishedBlobs(paths: Paths): void {
  for (const name of names(paths)) {
    if (name.startsWith('.')) rmSync(join(paths.root, 'blobs', 'sha256', name), { force: true });
  }
}

export function digestOf(bytes: Buffer | string): Digest {
  return `sha256:${sha256(bytes)}`;
}

function names(paths: Paths): string[] {
  try {
    return readdirSync(join(paths.root, 'blobs', 'sha256'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function isWhole(paths: Paths, digest: Digest): boolean {
  const bytes = readIfThere(blobPath(paths, digest));
  return bytes !== undefined && digestOf(bytes) === digest;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw new UserError('external', 'BLOB_UNREADABLE', `blob ${path} can't be read: ${errnoOf(cause) ?? 'unknown error'}`, { cause });
  }
}

function writeWhole(path: string, bytes: Buffer): void {
  const folder = dirname(path);
  const staged = join(folder, `.${hexOf(digestOf(bytes))}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeSynced(staged, bytes);
    renameSync(staged, path);
    syncFolder(folder);
  } catch (cause) {
    rmSync(staged, { force: true });
    const code = errnoOf(cause);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    const why = full ? 'no space left on device' : (code ?? String(cause));
    throw new UserError('external', full ? 'DISK_FULL' : 'BLOB_UNWRITABLE', `blob ${path} can't be written: ${why}`, { cause });
  }
}

function writeSynced(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
