import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { errnoOf, UserError } from '../core/errors.ts';
import { explainSystemError } from '../core/system-failure.ts';
import { syncFolder } from '../linux/sync-folder.ts';

/**
 * Reads one JSON record and checks it against its schema, which names the version it knows.
 * @throws UserError `RECORD_MISSING`, `RECORD_NEWER`, `RECORD_DAMAGED`, each naming the path
 */
export function readRecord<T>(path: string, schema: v.GenericSchema<unknown, T>): T {
  const value = parse(path, readText(path));
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  if (versionOf(value) > 1) throw newer(path, versionOf(value));
  throw damaged(path, v.summarize(result.issues));
}

/**
 * Replaces a record so that a reader, at any time and after a crash, finds the old one or the new one: temp file, fsync, rename, fsync of
 * the folder. Without `durable` the two fsyncs are left out: after a power cut the record may be old, or empty.
 * @throws UserError `DISK_FULL`, `SYSTEM_REFUSED`
 */
export function writeRecord(path: string, value: object, options: { durable: boolean }): void {
  const staged = `${path}.${process.pid}.tmp`;
  try {
    const fd = openStaged(staged);
    try {
      // Unlike writeSync, it goes on after a short write: a disk that fills up must be an error, never half a record.
      writeFileSync(fd, `${JSON.stringify(value)}\n`);
      if (options.durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw explainSystemError(error, path);
  }
  if (options.durable) syncFolder(dirname(path));
}

function openStaged(staged: string): number {
  try {
    return openSync(staged, 'w', 0o600);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(staged), { recursive: true, mode: 0o700 });
    return openSync(staged, 'w', 0o600);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError('not-found', 'RECORD_MISSING', `${path} does not exist`, { cause });
    throw new UserError('external', 'RECORD_UNREADABLE', `${path} can't be read: ${errnoOf(cause) ?? 'unknown error'}`, { cause });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, text.length === 0 ? 'it is empty' : 'it is not JSON');
  }
}

function versionOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number' ? value.version : 0;
}

function newer(path: string, version: number): UserError {
  return new UserError(
    'unsupported',
    'RECORD_NEWER',
    `${path} was written by a newer tsdocker (record version ${version}, this one knows 1)`,
    {
      hint: 'use the newer tsdocker, or another --root',
    },
  );
}

function damaged(path: string, why: string): UserError {
  return new UserError('external', 'RECORD_DAMAGED', `${path} is damaged: ${why}`);
}
