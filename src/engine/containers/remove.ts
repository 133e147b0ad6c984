import { setTimeout as delay } from 'node:timers/promises';
import { type ContainerState, initialState, isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import { explainSystemError } from '../../core/system-failure.ts';
import { waitForLock } from '../../linux/flock.ts';
import { isAlive } from '../../linux/process-identity.ts';
import { connectMonitor } from '../../monitor/index.ts';
import { condemnContainer, leftovers } from '../../store/index.ts';
import { removeTrees } from '../../worker/index.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer, findId, isDamaged } from './find.ts';
import { isLost } from './monitor-lost.ts';
import { isGone, monitorOf } from './monitor-of.ts';
import { endOrphans } from './orphans.ts';
import { type Container, refreshContainer } from './refresh.ts';

const SIGKILL = 9;
/** How long a container that was killed may take to be gone, ms. */
const END_TIMEOUT_MS = 10_000;
/** How long a start that is under way may take before it counts as hanging, ms. */
const START_TIMEOUT_MS = 5000;

/** With `force` also one that runs, and one whose record can't be read any more. */
export async function removeContainer(deps: ContainerDeps, ref: string, options: { force: boolean }): Promise<void> {
  let container: Container;
  try {
    container = await findContainer(deps, ref);
  } catch (error) {
    if (options.force && isDamaged(error)) return await removeDamaged(deps, findId(deps, ref));
    throw error;
  }
  if (options.force) container = await afterStart(deps, container);
  if (isActive(container.state.status)) {
    if (!options.force) throw stillRunning(container);
    await killForRemoval(deps, container);
  }
  await removeEnded(deps, container.record);
  await deps.images.release(container.record.imageId);
}

/** Under the container's lock: its monitor has let go, and no other command starts it meanwhile. */
async function removeEnded(
  deps: ContainerDeps,
  { id, name }: { id: string; name?: string },
  before: () => Promise<void> = async () => {},
): Promise<void> {
  const lock = await waitForLock(containerPaths(deps.paths, id).lock, { timeoutMs: END_TIMEOUT_MS }).catch(ifGone);
  // Its monitor has removed it (--rm), or another rm has: what was asked for is so.
  if (lock === 'gone') return;
  if (!lock) {
    throw new UserError(
      'conflict',
      'CONTAINER_BUSY',
      `removal of container ${name ?? id} is already in progress, or it is just being started`,
    );
  }
  try {
    await before();
    const condemned = await condemnContainer(deps.paths, id, name);
    await removeTrees(deps, [condemned, ...(await leftovers(deps.paths)).filter(path => path !== condemned)]);
  } catch (error) {
    if (!isMissing(error)) throw explainSystemError(error);
  } finally {
    lock.release();
  }
}

/** One that is just being started is waited for. A start that never ends, because the runtime hangs, is ended with its monitor. */
async function afterStart(deps: ContainerDeps, container: Container): Promise<Container> {
  const { record } = container;
  let { state } = container;
  for (let waited = 0; isStarting(state) && waited < START_TIMEOUT_MS; waited += 50) {
    await delay(50);
    state = (await refreshContainer(deps, record.id).catch(ifMissing))?.state ?? initialState();
  }
  if (isStarting(state)) {
    await killMonitor(state);
    await refreshContainer(deps, record.id).catch(ifMissing);
    state = initialState();
  }
  return { record, state };
}

function isStarting(state: ContainerState): boolean {
  return state.monitor !== undefined && !isActive(state.status);
}

function ifMissing(error: unknown): null {
  if (error instanceof UserError && error.code === 'RECORD_MISSING') return null;
  throw error;
}

/** A monitor that is killed meanwhile, or that does not answer, must not keep the container alive. */
async function killForRemoval(deps: ContainerDeps, { record, state }: Container): Promise<void> {
  try {
    await (await monitorOf({ record, state })).stop(SIGKILL, 0);
    return;
  } catch (error) {
    const isStuck = error instanceof UserError && error.code === 'MONITOR_TIMEOUT';
    if (!isGone(error) && !isLost(error) && !isStuck) throw error;
    if (isStuck) await killMonitor(state);
  }
  // Without a monitor, the look itself ends what is left of it.
  await findContainer(deps, record.id).catch(error => {
    if (!(error instanceof UserError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
  });
}

async function killMonitor({ monitor }: ContainerState): Promise<void> {
  if (!monitor || !isAlive(monitor)) return;
  process.kill(monitor.pid, 'SIGKILL');
  for (let waited = 0; isAlive(monitor) && waited < END_TIMEOUT_MS; waited += 10) await delay(10);
}

/** What the record would have told is found from outside: the monitor by its socket, what it left by its mounts. */
async function removeDamaged(deps: ContainerDeps, id: string): Promise<void> {
  const { socket } = containerPaths(deps.paths, id);
  try {
    await (await connectMonitor(socket, { timeoutMs: END_TIMEOUT_MS })).stop(SIGKILL, 0);
  } catch (error) {
    if (!isGone(error) && !isLost(error)) throw error;
  }
  await removeEnded(deps, { id }, async () => {
    await endOrphans(deps, id, undefined);
  });
}

function stillRunning({ record, state }: Container): UserError {
  const what = state.status === 'running' ? 'running' : state.status;
  return new UserError(
    'conflict',
    'CONTAINER_RUNNING',
    `cannot remove container "${record.name}": container is ${what}: stop the container before removing or force remove`,
    { hint: `tsdocker rm -f ${record.name}` },
  );
}

/** The container went between our look and our turn. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function ifGone(error: unknown): 'gone' {
  if (isMissing(error)) return 'gone';
  throw explainSystemError(error);
}
