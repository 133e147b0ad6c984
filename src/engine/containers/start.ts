import { setTimeout as delay } from 'node:timers/promises';
import { allowedFrom, type ContainerStatus } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import type { MonitorClient } from '../../monitor/index.ts';
import type { AttachOptions, Session } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { explainingLoss, explainLoss } from './monitor-lost.ts';
import { monitorOf, newMonitor } from './monitor-of.ts';
import type { Container } from './refresh.ts';

/** Longest wait for another command that is just starting the same container, or is done with it in a moment, ms. */
const BUSY_TIMEOUT_MS = 10_000;

/** Starts a container that is not running; one that runs is left alone. */
export async function startContainer(deps: ContainerDeps, ref: string): Promise<void> {
  await startUnlessStarted(
    deps,
    ref,
    async (monitor, { record }) => void (await monitor.start(record.id)),
    async () => {},
  );
}

/** As {@link startContainer}, with a session that misses no byte; attaches to one that runs already. */
export async function startAttached(deps: ContainerDeps, ref: string, attach: AttachOptions): Promise<Session> {
  return await startUnlessStarted(
    deps,
    ref,
    (monitor, container) => attachFirst(deps, monitor, container, attach),
    async container => {
      const session = await (await monitorOf(container)).attach(attach, { autoRemove: container.record.hostConfig.AutoRemove });
      return explainingLoss(deps, container.record.id, session);
    },
  );
}

export async function attachFirst(
  deps: ContainerDeps,
  monitor: MonitorClient,
  { record }: Pick<Container, 'record'>,
  attach: AttachOptions,
): Promise<Session> {
  const session = await monitor.startAttached(record.id, attach, { autoRemove: record.hostConfig.AutoRemove });
  return explainingLoss(deps, record.id, session);
}

/** Two commands may start it at once: the second finds it busy, and then started. */
async function startUnlessStarted<T>(
  deps: ContainerDeps,
  ref: string,
  start: (monitor: MonitorClient, container: Container) => Promise<T>,
  whenStarted: (container: Container) => Promise<T>,
): Promise<T> {
  const end = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    const container = await findContainer(deps, ref);
    if (isStarted(container)) return await whenStarted(container);
    try {
      return await start(await newMonitor(deps), container);
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw explainLoss(deps, container.record.id, error);
    }
    await delay(50);
  }
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

function isBusy(error: unknown): boolean {
  return error instanceof UserError && error.code === 'CONTAINER_BUSY';
}
