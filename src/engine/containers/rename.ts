import { isActive } from '../../core/container.ts';
import { renameContainer } from '../../store/index.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { monitorOf } from './monitor-of.ts';
import { checkName } from './names.ts';

/** @throws UserError `NAME_IN_USE`, `INVALID_NAME` */
export async function renameTo(deps: ContainerDeps, ref: string, name: string): Promise<void> {
  const container = await findContainer(deps, ref);
  await renameContainer(deps.paths, container.record.id, checkName(name));
  if (isActive(container.state.status)) await (await monitorOf(container)).reload();
}
