import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../../core/errors.ts';

/** One file of a log, held open, so that rotation cannot take it away. */
export interface LogSegment {
  readonly fd: number;
  readonly isCompressed: boolean;
  readonly ino: number;
}

/**
 * Opens the files of the log at `path`, oldest first; with `after`, only those newer than that one. They are opened newest first:
 * a rotation meanwhile then shows one file twice, which is noticed, and hides none.
 */
export function openLogSegments(path: string, after?: LogSegment): LogSegment[] {
  const segments: LogSegment[] = [];
  for (const name of logFileNames(path)) {
    const segment = openSegment(name);
    if (segment === undefined) continue;
    if (after !== undefined && isSameFile(segment, after)) {
      closeSync(segment.fd);
      break;
    }
    if (segments.some(other => isSameFile(other, segment))) closeSync(segment.fd);
    else segments.unshift(segment);
  }
  return segments;
}

export function closeLogSegments(segments: readonly LogSegment[]): void {
  for (const { fd } of segments) closeSync(fd);
}

/** Newest first; a plain file before its compressed form, which a killed compression may have left beside it. */
function logFileNames(path: string): string[] {
  const base = basename(path);
  const rotated = listFolder(dirname(path)).flatMap(name => {
    const number = name.startsWith(`${base}.`) ? /^(\d+)(\.gz)?$/.exec(name.slice(base.length + 1)) : null;
    return number === null ? [] : [{ name, number: Number(number[1]), isCompressed: number[2] !== undefined }];
  });
  rotated.sort((a, b) => a.number - b.number || Number(a.isCompressed) - Number(b.isCompressed));
  return [path, ...rotated.map(({ name }) => join(dirname(path), name))];
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function openSegment(path: string): LogSegment | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return { fd, ino: fstatSync(fd).ino, isCompressed: path.endsWith('.gz') };
}

/** A compressed file has the time of the plain one that it was made from; that one may be open here under its old inode. */
function isSameFile(a: LogSegment, b: LogSegment): boolean {
  if (a.ino === b.ino) return true;
  if (a.isCompressed === b.isCompressed) return false;
  return Math.abs(fstatSync(a.fd).mtimeMs - fstatSync(b.fd).mtimeMs) < 0.01;
}
