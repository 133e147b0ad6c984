import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Who runs tsdocker in the end-to-end tests: never root. */
export interface TestUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Words to put before a command so that this user runs it; none when we are this user. */
  readonly prefix: readonly string[];
}

const NAME = 'tsdocker-test';

/** Ourselves, or, when the tests run as root, a user made for them once, with 65,536 subordinate ids. */
export function testUser(): TestUser {
  const me = userInfo();
  if (me.uid !== 0) return { name: me.username, uid: me.uid, gid: me.gid, prefix: [] };
  if (!lookUp(NAME)) execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', NAME], { stdio: 'ignore' });
  ensureSubordinateIds('/etc/subuid', '--add-subuids');
  ensureSubordinateIds('/etc/subgid', '--add-subgids');
  const entry = lookUp(NAME);
  if (!entry) throw new Error(`useradd made no user ${NAME}`);
  return { name: NAME, ...entry, prefix: ['setpriv', '--reuid', NAME, '--regid', `${entry.gid}`, '--init-groups', '--inh-caps=-all'] };
}

function lookUp(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined;
}

/** useradd gives a range where /etc/login.defs says so; elsewhere the first free one above all others is taken. */
function ensureSubordinateIds(file: string, flag: string): void {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  if (lines.some(line => line.startsWith(`${NAME}:`))) return;
  const ends = lines.map(line => line.split(':')).map(([, start, count]) => Number(start) + Number(count));
  const first = Math.max(100_000, ...ends);
  execFileSync('usermod', [flag, `${first}-${first + 65_535}`, NAME]);
}
