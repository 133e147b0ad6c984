import { setTimeout as delay } from 'node:timers/promises';
import { isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import type { ExitStatus } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { isGone, monitorOf } from './monitor-of.ts';

/**
 * Resolves when the condition holds, with the exit code. Without a monitor to ask, the container is looked at again until it is gone: that
 * is the case for `removed` of one that ended already.
 */
export async function waitForContainer(
  deps: ContainerDeps,
  ref: string,
  condition: 'not-running' | 'next-exit' | 'removed',
): Promise<ExitStatus> {
  const container = await findContainer(deps, ref);
  const { id } = container.record;
  const last = { exitCode: container.state.exitCode, error: container.state.error };
  if (condition === 'not-running' && !isActive(container.state.status)) return last;
  const exit = isActive(container.state.status) ? await nextExit(deps, id) : last;
  if (condition === 'removed') await untilRemoved(deps, id);
  return exit;
}

async function nextExit(deps: ContainerDeps, id: string): Promise<ExitStatus> {
  try {
    return await (await monitorOf(await findContainer(deps, id))).wait();
  } catch (error) {
    if (!isGone(error) && !(error instanceof UserError && error.code === 'MONITOR_LOST')) throw error;
    const { state } = await findContainer(deps, id);
    return { exitCode: state.exitCode, error: state.error };
  }
}

async function untilRemoved(deps: ContainerDeps, id: string): Promise<void> {
  for (;;) {
    try {
      await findContainer(deps, id);
    } catch (error) {
      if (error instanceof UserError && error.code === 'CONTAINER_NOT_FOUND') return;
      throw error;
    }
    await delay(50);
  }
}
