import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What this host lets an unprivileged user do with control groups:
 * `none`: containers share their monitor's group (hybrid and v1 hosts, or a group that belongs to root, as a login session's does);
 * `cgroupfs`: `parent`, a folder below the cgroup2 mount, is ours to make groups in.
 *
 * A login session could have the user's systemd make a scope for each container; but its monitor, outside of that, could then not bring in
 * the processes of `exec`: that takes write access to the common ancestor, which is root's.
 */
export type HostCgroups = { kind: 'none'; version: 1 | 2 } | { kind: 'cgroupfs'; parent: string };

const mountPoint = '/sys/fs/cgroup';
/** CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP2_MAGIC = 0x63677270;

export function hostCgroups(): HostCgroups {
  if (!isPureV2()) return { kind: 'none', version: 1 };
  const own = readFileSync('/proc/self/cgroup', 'utf8').match(/^0::(\/.*)$/m)?.[1] ?? '/';
  const parent = delegatedParent(own);
  return parent === undefined ? { kind: 'none', version: 2 } : { kind: 'cgroupfs', parent };
}

function isPureV2(): boolean {
  try {
    return statfsSync(mountPoint).type === CGROUP2_MAGIC;
  } catch {
    return false;
  }
}

/**
 * A container's group becomes a sibling of our own, since a group with processes can't hand controllers to children (cgroups(7), "no
 * internal processes"). Moving a process needs write access to cgroup.procs of the common ancestor.
 */
function delegatedParent(own: string): string | undefined {
  const parent = dirname(own);
  return isWritable(join(mountPoint, parent, 'cgroup.procs')) && isWritable(join(mountPoint, parent)) ? parent : undefined;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
