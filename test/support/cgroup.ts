import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../src/core/errors.ts';
import type { TestUser } from './user.ts';

/** How long ended processes may keep a group busy, ms. */
const EMPTY_TIMEOUT_MS = 10_000;

export interface TestCgroup {
  /** Words to put before a command (run as root): it then sees cgroup v2 at /sys/fs/cgroup and lives in the user's own group. */
  readonly prefix: readonly string[];
  /** Ends every process left in the group, then removes it. */
  remove(): Promise<void>;
}

const enter = 'mount --make-rprivate /; mount -t cgroup2 none /sys/fs/cgroup; echo $$ > /sys/fs/cgroup/$0/login/cgroup.procs; exec "$@"';

/** What a login session gives a user, made by hand, also where the host mounts cgroup v1: a group of its own to make groups in. */
export async function delegatedCgroup(user: TestUser): Promise<TestCgroup> {
  const mount = mkdtempSync('/tmp/tsd-cgroup-');
  const name = `tsdocker-test-${process.pid}`;
  const group = join(mount, name);
  await whileMounted(mount, () => {
    for (const folder of [group, join(group, 'login')]) {
      mkdirSync(folder);
      for (const file of ['', 'cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control'])
        chownSync(join(folder, file), user.uid, user.gid);
    }
  });
  return {
    prefix: ['unshare', '--mount', 'sh', '-euc', enter, name],
    remove: async () => {
      await whileMounted(mount, () => removeGroup(group));
      rmdirSync(mount);
    },
  };
}

async function whileMounted(mount: string, use: () => Promise<void> | void): Promise<void> {
  execFileSync('mount', ['-t', 'cgroup2', 'none', mount]);
  try {
    await use();
  } finally {
    execFileSync('umount', [mount]);
  }
}

async function removeGroup(group: string): Promise<void> {
  for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  for (const end = Date.now() + EMPTY_TIMEOUT_MS; killAll(group) || !removed(group, end); )
    await new Promise(resolve => setTimeout(resolve, 20));
}

/** A killed process is not listed for a moment before the kernel is done with it: the folder is busy until then. */
function removed(group: string, end: number): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EBUSY' || Date.now() > end) throw error;
    return false;
  }
}

/** Answers whether there was anything to kill: a killed process stays listed until the kernel is done with it. */
function killAll(group: string): boolean {
  const procs = join(group, 'cgroup.procs');
  const pids = existsSync(procs) ? readFileSync(procs, 'utf8').split('\n').filter(Boolean).map(Number) : [];
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return pids.length > 0;
}
