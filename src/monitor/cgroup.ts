import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../core/errors.ts';
import type { CgroupMode } from '../oci/index.ts';

const mountPoint = '/sys/fs/cgroup';

/** Where the container's own cgroup is on the host, if it has one that we made. */
export function cgroupFolder(mode: CgroupMode): string | undefined {
  return mode.kind === 'cgroupfs' ? join(mountPoint, mode.path) : undefined;
}

/** Removes the cgroup with those below it. The runtime's own `delete` would do it too, at the cost of one more process at every exit. */
export function removeCgroup(mode: CgroupMode): void {
  const folder = cgroupFolder(mode);
  if (folder !== undefined) removeTree(folder);
}

function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(folder, entry.name));
    rmdirSync(folder);
  } catch (error) {
    // Gone already; or a process that left the pid namespace's end behind is still dying, and the next start finds it empty.
    const code = errnoOf(error);
    if (code !== 'ENOENT' && code !== 'EBUSY') throw error;
  }
}
