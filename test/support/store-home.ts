import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../src/core/errors.ts';
import type { TestUser } from './user.ts';

export interface StoreHome {
  readonly home: string;
  /** The whole environment tsdocker gets; nothing of the tester's own comes through. */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** A fresh home and runtime folder of the user's; short paths, since sockets lie in them. */
export function storeHome(user: TestUser): StoreHome {
  const home = mkdtempSync('/tmp/tsd-');
  const run = join(home, 'run');
  mkdirSync(run, { mode: 0o700 });
  for (const folder of [home, run]) chownSync(folder, user.uid, user.gid);
  return {
    home,
    env: {
      HOME: home,
      USER: user.name,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      XDG_RUNTIME_DIR: run,
      LANG: 'C.UTF-8',
      TERM: process.env.TERM ?? 'dumb',
    },
    remove: () => removeTree(home),
  };
}

/** Files of subordinate users can be removed by root, else from within a user namespace that has those ids. */
function removeTree(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (errnoOf(error) !== 'EACCES' && errnoOf(error) !== 'EPERM') throw error;
    const removal = spawnSync('unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', folder], { encoding: 'utf8' });
    if (removal.status === 0) return;
    execFileSync('podman', ['unshare', 'rm', '-rf', folder]);
  }
}
