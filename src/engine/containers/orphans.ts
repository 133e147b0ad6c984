import { readdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerState, ProcessIdentity } from '../../core/container.ts';
import { errnoOf } from '../../core/errors.ts';
import { identify } from '../../linux/process-identity.ts';
import { killProcess } from '../../worker/index.ts';
import type { ContainerDeps } from './deps.ts';

/** How long the kernel may take to end killed processes, ms. */
const DEATH_TIMEOUT_MS = 10_000;

interface Orphan {
  readonly process: ProcessIdentity;
  /** It lives in the container; else it is a runtime or a network program that serves it from outside. */
  readonly isInside: boolean;
}

/**
 * Ends what a dead monitor left running, and waits until it is gone: nobody reads its output or sees its exit any more. Answers whether
 * anything still ran inside the container. To be called under the container's lock.
 *
 * A monitor may die at any moment, also before it or the runtime has noted a pid. But whatever it started lives in a mount namespace that
 * has a mount of this container's folder, the monitor's or the container's own, and the kernel shows that.
 */
export async function endOrphans(deps: ContainerDeps, id: string, state: ContainerState | undefined): Promise<{ killed: boolean }> {
  let killed = false;
  // A new look after each round: what was killed may just have made another.
  for (let waited = 0; waited < DEATH_TIMEOUT_MS; waited += 5) {
    const orphans = orphansOf(id);
    if (orphans.length === 0) break;
    killed ||= orphans.some(({ isInside }) => isInside);
    await killAll(deps, orphans);
    await delay(5);
  }
  if (state?.cgroup !== undefined) removeCgroup(state.cgroup);
  return { killed };
}

function orphansOf(id: string): Orphan[] {
  const ours = readlinkSync('/proc/self/ns/mnt');
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const folders = mountsOf(id, `/proc/${name}/mountinfo`);
      // A mount that somebody made by hand on the host is in every process's view.
      if (folders.length === 0 || linkAt(`/proc/${name}/ns/mnt`) === ours) return [];
      const process = identify(Number(name));
      return process ? [{ process, isInside: !folders.some(target => target.includes(`/${id}/storage`)) }] : [];
    });
}

/** Where, in a process's view, something of the container's folder is mounted (proc_pid_mountinfo(5): the fifth field is the place). */
function mountsOf(id: string, mountinfo: string): string[] {
  const lines = read(mountinfo)
    .split('\n')
    .filter(line => line.includes(`/${id}/storage`) || line.includes(`/${id}/etc/`));
  return lines.map(line => line.split(' ')[4] ?? '');
}

/** It may run as a subordinate id, which only a process in U may signal. */
async function killAll(deps: ContainerDeps, orphans: readonly Orphan[]): Promise<void> {
  for (const { process: orphan } of orphans) {
    try {
      process.kill(orphan.pid, 'SIGKILL');
    } catch (error) {
      if (errnoOf(error) === 'EPERM') await killProcess(deps, orphan);
      else if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
}

/** One whose last process is not quite gone is left to the next start, which makes and removes it again. */
function removeCgroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'ENOENT' && code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
  }
}

function linkAt(path: string): string {
  return ifThere(() => readlinkSync(path));
}

function read(path: string): string {
  return ifThere(() => readFileSync(path, 'utf8'));
}

/** Empty for a process that has ended, that is the kernel's own, or that is another user's. */
function ifThere(look: () => string): string {
  try {
    return look();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM' || code === 'EINVAL') return '';
    throw error;
  }
}
