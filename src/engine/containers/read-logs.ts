import { setTimeout as delay } from 'node:timers/promises';
import { isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import type { LogEntry, LogOptions } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { readLogs } from './logs.ts';
import { waitForContainer } from './wait.ts';

/** What the container wrote; with `follow` until it ends. @throws UserError `LOGS_UNAVAILABLE` for the log driver `none` */
export async function* containerLogs(deps: ContainerDeps, ref: string, options: LogOptions): AsyncGenerator<LogEntry> {
  const container = await findContainer(deps, ref);
  const { id, hostConfig } = container.record;
  if (hostConfig.LogConfig.Type === 'none') {
    throw new UserError('unsupported', 'LOGS_UNAVAILABLE', 'configured logging driver does not support reading', {
      hint: 'the container was made with --log-driver none',
    });
  }
  const ended = new AbortController();
  if (options.follow) {
    void untilEnded(deps, id).finally(() => ended.abort());
  }
  yield* readLogs(`${containerPaths(deps.paths, id).log}/container.log`, options, ended.signal);
}

/** A restart is not an end: the log goes on. */
async function untilEnded(deps: ContainerDeps, id: string): Promise<void> {
  for (;;) {
    await waitForContainer(deps, id, 'not-running');
    const { state } = await findContainer(deps, id);
    if (!isActive(state.status)) return;
    if (state.status === 'restarting') await delay(100);
  }
}
