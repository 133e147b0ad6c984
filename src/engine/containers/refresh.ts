import { rmSync } from 'node:fs';
import { type ContainerRecord, type ContainerState, isActive } from '../../core/container.ts';
import { errnoOf, UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import { type FileLock, tryLock } from '../../linux/flock.ts';
import { bootId, isAlive } from '../../linux/process-identity.ts';
import { condemnContainer, readContainer, readState, writeState } from '../../store/index.ts';
import { removeTrees } from '../../worker/index.ts';
import type { ContainerDeps } from './deps.ts';
import { endOrphans } from './orphans.ts';

/** Docker's code for a container whose end nobody saw. */
const UNKNOWN_EXIT_CODE = 255;
const SIGKILL_EXIT_CODE = 137;

export interface Container {
  readonly record: ContainerRecord;
  readonly state: ContainerState;
}

/**
 * The container as it really is. Where its monitor is gone (killed, or the machine was rebooted) the record is put right first: what still
 * runs without a monitor is ended, since nobody reads its output or sees its exit any more.
 * Answers null when the container was to go with its process (--rm), and is gone now.
 * @throws UserError `RECORD_MISSING`, `RECORD_NEWER`, `RECORD_DAMAGED`, `RECORD_UNREADABLE`
 */
export async function refreshContainer(deps: ContainerDeps, id: string): Promise<Container | null> {
  const record = readContainer(deps.paths, id);
  const state = readState(deps.paths, id);
  if (!isUnfinished(record, state)) return { record, state };
  const lock = lockFor(containerPaths(deps.paths, id).lock);
  if (lock === 'unwritable') return { record, state: ended(state, false) };
  // A monitor holds it: it is just starting or ending this container, and its word is the newer one.
  if (!lock) return { record, state: readState(deps.paths, id) };
  try {
    const again = readState(deps.paths, id);
    return isUnfinished(record, again) ? await putRight(deps, record, again) : { record, state: again };
  } finally {
    lock.release();
  }
}

/** Something was still to be done by a monitor that is not there any more. */
function isUnfinished(record: ContainerRecord, state: ContainerState): boolean {
  if (state.monitor && isAlive(state.monitor)) return false;
  const isToBeRemoved = record.hostConfig.AutoRemove && (state.status === 'exited' || state.error !== '');
  return isActive(state.status) || state.monitor !== undefined || isToBeRemoved;
}

/** `unwritable`: on a read-only or full disk the truth can be told, but not be written down. */
function lockFor(path: string): FileLock | null | 'unwritable' {
  try {
    return tryLock(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') throw new UserError('not-found', 'RECORD_MISSING', `${path} does not exist`, { cause: error });
    if (code === 'EROFS' || code === 'EACCES' || code === 'ENOSPC' || code === 'EDQUOT') return 'unwritable';
    throw error;
  }
}

async function putRight(deps: ContainerDeps, record: ContainerRecord, state: ContainerState): Promise<Container | null> {
  const { killed } = await endOrphans(deps, record.id, state);
  rmSync(state.monitor?.socket ?? containerPaths(deps.paths, record.id).socket, { force: true });
  if (record.hostConfig.AutoRemove) {
    await removeNow(deps, record);
    return null;
  }
  const righted = ended(state, killed);
  try {
    writeState(deps.paths, record, righted);
  } catch (error) {
    // The next command will see the same, and try again.
    if (!(error instanceof UserError)) throw error;
  }
  return { record, state: righted };
}

/** Once condemned it is gone for every command; files that can't be removed now are left to the next removal. */
async function removeNow(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  const condemned = await condemnContainer(deps.paths, record.id, record.name);
  try {
    await removeTrees(deps, [condemned]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** `killed`: something still ran, and was ended just now. */
function ended(state: ContainerState, killed: boolean): ContainerState {
  const { process: _process, monitor, health: _health, cgroup: _cgroup, ...rest } = state;
  // Its monitor died before the start had got as far as a process.
  if (!isActive(state.status) && !killed) return rest;
  // While it waited to be restarted it had no process, and how the last one ended is known.
  if (state.status === 'restarting' && !killed) return { ...rest, status: 'exited' };
  return {
    ...rest,
    status: 'exited',
    exitCode: killed ? SIGKILL_EXIT_CODE : UNKNOWN_EXIT_CODE,
    finishedAt: new Date().toISOString().replace('Z', '000000Z'),
    error: reasonFor(monitor, killed),
  };
}

function reasonFor(monitor: ContainerState['monitor'], killed: boolean): string {
  if (monitor !== undefined && monitor.bootId !== bootId()) return 'the machine was restarted while the container ran';
  return killed ? 'its monitor was killed, and so was the container then' : 'its monitor was killed; the exit code is not known';
}
