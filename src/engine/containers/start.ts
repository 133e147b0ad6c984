import { allowedFrom, type ContainerStatus } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import type { MonitorClient } from '../../monitor/index.ts';
import type { AttachOptions, Session } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { monitorOf, newMonitor } from './monitor-of.ts';
import type { Container } from './refresh.ts';

/** Starts a container that is not running; one that runs is left alone. */
export async function startContainer(deps: ContainerDeps, ref: string): Promise<void> {
  const container = await findContainer(deps, ref);
  if (isStarted(container)) return;
  const monitor = await newMonitor(deps);
  try {
    await monitor.start(container.record.id);
  } catch (error) {
    if (!isBusy(error) || !isStarted(await findContainer(deps, ref))) throw error;
  }
}

/** As {@link startContainer}, with a session that misses no byte; attaches to one that runs already. */
export async function startAttached(deps: ContainerDeps, ref: string, attach: AttachOptions): Promise<Session> {
  const container = await findContainer(deps, ref);
  const autoRemove = container.record.hostConfig.AutoRemove;
  if (isStarted(container)) return await (await monitorOf(container)).attach(attach, { autoRemove });
  return await attachFirst(await newMonitor(deps), container, attach);
}

export function attachFirst(monitor: MonitorClient, { record }: Pick<Container, 'record'>, attach: AttachOptions): Promise<Session> {
  return monitor.startAttached(record.id, attach, { autoRemove: record.hostConfig.AutoRemove });
}

/** @throws UserError for a state that can't be started from */
function isStarted({ record, state }: Container): boolean {
  const allowed: readonly ContainerStatus[] = allowedFrom.start;
  if (allowed.includes(state.status)) return false;
  if (state.status === 'running' || state.status === 'restarting') return true;
  if (state.status === 'paused') {
    throw new UserError('conflict', 'CONTAINER_PAUSED', 'cannot start a paused container, try unpause instead', {
      hint: `tsdocker unpause ${record.name}`,
    });
  }
  throw new UserError('conflict', 'CONTAINER_REMOVING', `container is marked for removal and cannot be started: ${record.name}`);
}

/** Two commands started it at once: the other one's monitor has it. */
function isBusy(error: unknown): boolean {
  return error instanceof UserError && error.code === 'CONTAINER_BUSY';
}
