import type { ProgressListener } from '../../core/events.ts';
import type { AttachOptions, CreateOptions, Session } from '../types.ts';
import { createContainer } from './create.ts';
import type { ContainerDeps } from './deps.ts';
import { newMonitor } from './monitor-of.ts';
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
    const monitor = await starting;
    if (attach) return { id, warnings, session: await attachFirst(monitor, { record }, attach) };
    await monitor.start(id);
    return { id, warnings, session: null };
  } catch (error) {
    await starting.then(
      monitor => monitor.close(),
      () => {},
    );
    throw error;
  }
}
