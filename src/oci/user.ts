import { UserError } from '../core/errors.ts';

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** With the primary group, as docker has it (CVE-2022-36109). */
  readonly additionalGids: readonly number[];
  readonly home: string;
}

/** Text of the root's own files, already bounded in size; empty where there is none. */
export interface UserFiles {
  readonly passwd: string;
  readonly group: string;
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const maxId = 2 ** 31 - 1;

/**
 * Docker's reading of `USER` and `--user` (`name`, `uid`, `name:group`, `uid:gid`) and of `--group-add`: names win over numbers, a number
 * needs no entry, and only a user with an entry and without a group of its own choosing gets supplementary groups from the file.
 */
export function resolveUser(spec: string, files: UserFiles, groupAdd: readonly string[] = []): ResolvedUser {
  const [userName = '', groupName = ''] = splitOnce(spec);
  const groups = parseGroups(files.group);
  const entry = findUser(userName, files.passwd);
  const uid = entry?.uid ?? numericId(userName || '0', `unable to find user ${userName}: no matching entries in passwd file`);
  const gid = groupName ? findGroup(groupName, groups) : (entry?.gid ?? 0);
  const memberships = groupName || !entry ? [] : groups.filter(group => group.members.includes(entry.name)).map(group => group.gid);
  const added = groupAdd.map(name => addedGroup(name, groups));
  return { uid, gid, additionalGids: [...new Set([gid, ...memberships, ...added])], home: entry?.home || '/' };
}

function splitOnce(spec: string): string[] {
  const colon = spec.indexOf(':');
  return colon < 0 ? [spec] : [spec.slice(0, colon), spec.slice(colon + 1)];
}

function findUser(name: string, passwd: string): PasswdEntry | undefined {
  const wanted = name || '0';
  return parsePasswd(passwd).find(entry => (name !== '' && entry.name === name) || String(entry.uid) === wanted);
}

function findGroup(name: string, groups: readonly GroupEntry[]): number {
  const found = groups.find(group => group.name === name || String(group.gid) === name);
  return found?.gid ?? numericId(name, `unable to find group ${name}: no matching entries in group file`);
}

function addedGroup(name: string, groups: readonly GroupEntry[]): number {
  const found = groups.find(group => group.name === name || String(group.gid) === name);
  return found?.gid ?? numericId(name, `Unable to find group ${name}`);
}

function numericId(text: string, whenNotANumber: string): number {
  if (!/^-?\d+$/.test(text)) throw new UserError('invalid', 'USER_NOT_FOUND', whenNotANumber);
  const id = Number(text);
  if (id < 0 || id > maxId) throw new UserError('invalid', 'USER_OUT_OF_RANGE', `uids and gids must be in range 0-${maxId}`);
  return id;
}

function parsePasswd(text: string): PasswdEntry[] {
  return fieldsOf(text).flatMap(([name = '', , uid = '', gid = '', , home = '']) =>
    isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home }] : [],
  );
}

function parseGroups(text: string): GroupEntry[] {
  return fieldsOf(text).flatMap(([name = '', , gid = '', members = '']) =>
    isId(gid) ? [{ name, gid: Number(gid), members: members.split(',') }] : [],
  );
}

function fieldsOf(text: string): string[][] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(':'));
}

function isId(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= maxId;
}
