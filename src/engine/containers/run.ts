import type { ContainerRecord } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import type { ProgressListener } from '../../core/events.ts';
import { condemnContainer, removeCondemned } from '../../store/index.ts';
import type { AttachOptions, CreateOptions, Session } from '../types.ts';
import { createContainer } from './create.ts';
import type { ContainerDeps } from './deps.ts';
import { explainLoss, isLost } from './monitor-lost.ts';
import { newMonitor } from './monitor-of.ts';
import { removeContainer } from './remove.ts';
import { attachFirst } from './start.ts';

export interface Started {
  readonly id: string;
  readonly warnings: readonly string[];
  readonly session: Session | null;
}

/**
 * create and start in one. The monitor starts while the image is found and the record is written: it is another program's start and a
 * user namespace, the longest part of both. It is told nothing, and ends by itself, when creation fails.
 */
export async function runContainer(
  deps: ContainerDeps,
  options: CreateOptions,
  attach: AttachOptions | null,
  progress: ProgressListener,
): Promise<Started> {
  const starting = newMonitor(deps);
  starting.catch(() => {});
  try {
    const { id, warnings, record } = await createContainer(deps, options, progress);
    const monitor = await starting.catch(error => forget(deps, record, error));
    try {
      if (attach) return { id, warnings, session: await attachFirst(deps, monitor, { record }, attach) };
      await monitor.start(id);
      return { id, warnings, session: null };
    } catch (error) {
      const explained = explainLoss(deps, id, error);
      const isPointless = error instanceof UserError && error.code === 'RUNTIME_NOT_FOUND';
      if (isPointless || (isLost(error) && record.hostConfig.AutoRemove)) await removeContainer(deps, id, { force: true });
      throw explained;
    }
  } catch (error) {
    await starting.then(
      monitor => monitor.close(),
      () => {},
    );
    throw error;
  }
}

/** Without a monitor there can't be a container: the record, which nobody has seen yet, goes again. */
async function forget(deps: ContainerDeps, { id, name }: ContainerRecord, error: unknown): Promise<never> {
  removeCondemned(await condemnContainer(deps.paths, id, name));
  throw error;
}
