import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ContainerRecord, type ContainerState, isActive, type ProcessIdentity } from '../../core/container.ts';
import { errnoOf } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import { tryLock } from '../../linux/flock.ts';
import { bootId, identify, isAlive } from '../../linux/process-identity.ts';
import { condemnContainer, readContainer, readState, writeState } from '../../store/index.ts';
import { killProcess, removeTrees } from '../../worker/index.ts';
import type { ContainerDeps } from './deps.ts';

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
 */
export async function refreshContainer(deps: ContainerDeps, id: string): Promise<Container | null> {
  const record = readContainer(deps.paths, id);
  const state = readState(deps.paths, id);
  if (!lostItsMonitor(state)) return { record, state };
  const lock = tryLock(containerPaths(deps.paths, id).lock);
  // A monitor holds it: it is just starting or ending this container, and its word is the newer one.
  if (!lock) return { record, state: readState(deps.paths, id) };
  try {
    const again = readState(deps.paths, id);
    return lostItsMonitor(again) ? await putRight(deps, record, again) : { record, state: again };
  } finally {
    lock.release();
  }
}

function lostItsMonitor(state: ContainerState): boolean {
  return (isActive(state.status) || state.monitor !== undefined) && !(state.monitor && isAlive(state.monitor));
}

async function putRight(deps: ContainerDeps, record: ContainerRecord, state: ContainerState): Promise<Container | null> {
  const orphan = orphanOf(deps, record.id, state);
  if (orphan) await endOrphan(deps, orphan);
  rmSync(state.monitor?.socket ?? containerPaths(deps.paths, record.id).socket, { force: true });
  if (record.hostConfig.AutoRemove) {
    await removeTrees(deps, [await condemnContainer(deps.paths, record.id, record.name)]);
    return null;
  }
  const righted = ended(state, orphan !== undefined);
  writeState(deps.paths, record, righted);
  return { record, state: righted };
}

function ended(state: ContainerState, wasRunning: boolean): ContainerState {
  const { process: _process, monitor, health: _health, cgroup: _cgroup, ...rest } = state;
  if (state.status === 'created') return rest;
  const rebooted = monitor !== undefined && monitor.bootId !== bootId();
  return {
    ...rest,
    status: 'exited',
    exitCode: wasRunning ? SIGKILL_EXIT_CODE : UNKNOWN_EXIT_CODE,
    finishedAt: new Date().toISOString().replace('Z', '000000Z'),
    error: rebooted ? 'the machine was restarted while the container ran' : 'its monitor was killed; the exit code is not known',
  };
}

/** The init that a dead monitor left behind: from the state, or, when it died before it could write that, from the runtime's pid file. */
function orphanOf(deps: ContainerDeps, id: string, state: ContainerState): ProcessIdentity | undefined {
  if (state.process) return isAlive(state.process) ? state.process : undefined;
  const { monitor } = state;
  if (!monitor || monitor.bootId !== bootId()) return undefined;
  const found = identify(Number(readPid(join(containerPaths(deps.paths, id).bundle, 'init.pid'))));
  // A process that is older than the monitor has got the number by chance.
  return found && found.startTime >= monitor.startTime ? found : undefined;
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** Killing init ends the whole pid namespace. It may run as a subordinate id, which only a process in U may signal. */
async function endOrphan(deps: ContainerDeps, orphan: ProcessIdentity): Promise<void> {
  try {
    process.kill(orphan.pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) === 'EPERM') await killProcess(deps, orphan);
    else if (errnoOf(error) !== 'ESRCH') throw error;
  }
  for (let waited = 0; isAlive(orphan) && waited < 10_000; waited += 5) await delay(5);
}
