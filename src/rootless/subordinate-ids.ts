import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { errnoOf, UserError } from '../core/errors.ts';

/** One line of /proc/<pid>/uid_map: `count` ids from `inside` on are those from `outside` on. */
export interface IdMapLine {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface IdMaps {
  readonly uids: readonly IdMapLine[];
  readonly gids: readonly IdMapLine[];
  /** There is no subordinate range: every file belongs to the user, and chown inside is not possible. */
  readonly singleId: boolean;
}

interface Range {
  readonly start: number;
  readonly count: number;
}

export interface SubordinateFiles {
  readonly uid: string;
  readonly gid: string;
}

const systemFiles: SubordinateFiles = { uid: '/etc/subuid', gid: '/etc/subgid' };
/** The highest id there is, plus one: (uid_t) -1 is no id. */
const ID_LIMIT = 2 ** 32 - 1;
/** The kernel takes at most 340 map lines; newuidmap hands them on. */
const MAX_RANGES = 339;

/**
 * How the user's ids look inside the namespace: 0 is the user, 1 and up are the subordinate ids.
 * @throws UserError `SUBID_FILE_INVALID` when a line for this user can't be understood
 */
export function idMaps(uid: number, gid: number, files: SubordinateFiles = systemFiles): IdMaps {
  const names = namesOf(uid);
  const uids = readRanges(files.uid, names);
  const gids = readRanges(files.gid, names);
  const singleId = uids.length === 0 || gids.length === 0;
  return { uids: mapOf(uid, singleId ? [] : uids), gids: mapOf(gid, singleId ? [] : gids), singleId };
}

/** The command that gives a user without subordinate ids 65,536 of them that nobody else has. */
export function singleIdAdvice(uid: number, files: SubordinateFiles = systemFiles): string {
  const name = namesOf(uid)[0] ?? String(uid);
  const range = (file: string): string => {
    const first = firstFree(file);
    return `${first}-${first + 65_535}`;
  };
  return `sudo usermod --add-subuids ${range(files.uid)} --add-subgids ${range(files.gid)} ${name}`;
}

/** Above everybody's ranges, and not below shadow's SUB_UID_MIN. */
function firstFree(file: string): number {
  const ends = readLines(file).map(line => line.trim().split(':').slice(1).map(Number));
  return Math.max(100_000, ...ends.map(([start = 0, count = 0]) => start + count).filter(Number.isSafeInteger));
}

function namesOf(uid: number): string[] {
  try {
    return [userInfo().username, String(uid)];
  } catch {
    return [String(uid)];
  }
}

function mapOf(own: number, ranges: readonly Range[]): IdMapLine[] {
  const lines: IdMapLine[] = [{ inside: 0, outside: own, count: 1 }];
  let next = 1;
  for (const range of ranges.slice(0, MAX_RANGES)) {
    lines.push({ inside: next, outside: range.start, count: range.count });
    next += range.count;
  }
  return lines;
}

/** subuid(5): `name-or-uid:first:count`, other users' lines are not ours to judge. */
function readRanges(file: string, names: readonly string[]): Range[] {
  const ranges: Range[] = [];
  for (const [index, line] of readLines(file).entries()) {
    const [owner = '', start = '', count = '', ...rest] = line.trim().split(':');
    if (!names.includes(owner)) continue;
    if (rest.length > 0 || !isId(start) || !isId(count) || Number(count) === 0 || Number(start) + Number(count) > ID_LIMIT) {
      throw new UserError(
        'external',
        'SUBID_FILE_INVALID',
        `${file} line ${index + 1} is not "name:first:count": ${JSON.stringify(line)}`,
        {
          hint: `correct that line, for example: ${owner}:100000:65536`,
        },
      );
    }
    ranges.push({ start: Number(start), count: Number(count) });
  }
  return ranges;
}

function isId(text: string): boolean {
  return /^[0-9]{1,10}$/.test(text);
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new UserError('external', 'SUBID_FILE_UNREADABLE', `${file} can't be read: ${errnoOf(error) ?? error}`, {
      hint: `sudo chmod 0644 ${file}`,
      cause: error,
    });
  }
}
