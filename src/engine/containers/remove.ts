import { isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import { waitForLock } from '../../linux/flock.ts';
import { condemnContainer, leftovers } from '../../store/index.ts';
import { removeTrees } from '../../worker/index.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { isGone, monitorOf } from './monitor-of.ts';
import type { Container } from './refresh.ts';

const SIGKILL = 9;
/** How long a container that was killed may take to be gone, ms. */
const END_TIMEOUT_MS = 10_000;

export async function removeContainer(deps: ContainerDeps, ref: string, options: { force: boolean }): Promise<void> {
  const container = await findContainer(deps, ref);
  if (isActive(container.state.status)) {
    if (!options.force) throw stillRunning(container);
    await killForRemoval(container);
  }
  await removeEnded(deps, container);
  await deps.images.release(container.record.imageId);
}

/** Under the container's lock: its monitor has let go, and no other command starts it meanwhile. */
async function removeEnded(deps: ContainerDeps, { record }: Container): Promise<void> {
  const lock = await waitForLock(containerPaths(deps.paths, record.id).lock, { timeoutMs: END_TIMEOUT_MS }).catch(ifGone);
  // Its monitor has removed it (--rm), or another rm has: what was asked for is so.
  if (lock === 'gone') return;
  if (!lock) {
    throw new UserError(
      'conflict',
      'CONTAINER_BUSY',
      `removal of container ${record.name} is already in progress, or it is just being started`,
    );
  }
  try {
    const condemned = await condemnContainer(deps.paths, record.id, record.name);
    await removeTrees(deps, [condemned, ...(await leftovers(deps.paths)).filter(path => path !== condemned)]);
  } catch (error) {
    if (!isMissing(error)) throw error;
  } finally {
    lock.release();
  }
}

async function killForRemoval(container: Container): Promise<void> {
  try {
    await (await monitorOf(container)).stop(SIGKILL, 0);
  } catch (error) {
    if (!isGone(error) && !(error instanceof UserError && error.code === 'MONITOR_LOST')) throw error;
  }
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
  throw error;
}
