import { UserError } from '../../core/errors.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { monitorOf, notRunning } from './monitor-of.ts';

export async function pauseContainer(deps: ContainerDeps, ref: string): Promise<void> {
  const container = await findContainer(deps, ref);
  const { id, name } = container.record;
  if (container.state.status === 'paused')
    throw new UserError('conflict', 'CONTAINER_PAUSED', `Container ${id} is already paused`, { hint: `tsdocker unpause ${name}` });
  if (container.state.status !== 'running') throw notRunning(id, name);
  await (await monitorOf(container)).pause();
}

export async function unpauseContainer(deps: ContainerDeps, ref: string): Promise<void> {
  const container = await findContainer(deps, ref);
  if (container.state.status !== 'paused')
    throw new UserError('conflict', 'CONTAINER_NOT_PAUSED', `Container ${container.record.id} is not paused`);
  await (await monitorOf(container)).unpause();
}
