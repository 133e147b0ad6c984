import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errnoOf } from '../../core/errors.ts';

/** One file of a log, held open, so that rotation cannot take it away. */
export interface LogSegment {
  readonly fd: number;
  readonly isCompressed: boolean;
  readonly ino: number;
  /** The low 32 bits of the inode number that it had, or has, as a plain file. */
  readonly origin: number;
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

/**
 * Every name there may be, newest first, a plain file before its compressed form. A rotation moves files up while we look: names
 * tried in this order, and none left out because it was missing a moment ago, meet every file that is still there.
 */
function logFileNames(path: string): string[] {
  const base = basename(path);
  const numbers = listFolder(dirname(path)).map(name => {
    const isOurs = name.startsWith(`${base}.`);
    return Number((isOurs && /^(\d{1,6})(\.gz)?$/.exec(name.slice(base.length + 1))?.[1]) || 0);
  });
  const rotated = Array.from({ length: Math.max(...numbers, 0) }, (_, at) => `${path}.${at + 1}`);
  return [path, ...rotated.flatMap(name => [name, `${name}.gz`])];
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
  const isCompressed = path.endsWith('.gz');
  return { fd, isCompressed, ino: fstatSync(fd).ino, origin: originOf(fd, isCompressed) };
}

/** Both are open, so that equal inodes are one file; the inode that a compressed file came from may be in use again, at another time. */
function isSameFile(a: LogSegment, b: LogSegment): boolean {
  if (a.isCompressed === b.isCompressed) return a.ino === b.ino;
  return a.origin === b.origin && Math.abs(fstatSync(a.fd).mtimeMs - fstatSync(b.fd).mtimeMs) < 0.01;
}

/** See compressRotated in monitor/logs/rotation.ts: a compressed file names the inode that it was made from, and has its time. */
function originOf(fd: number, isCompressed: boolean): number {
  if (!isCompressed) return Number(BigInt.asUintN(32, fstatSync(fd, { bigint: true }).ino));
  const header = Buffer.alloc(8);
  readSync(fd, header, 0, 8, 0);
  return header.readUInt32LE(4);
}
