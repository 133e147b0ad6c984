import { isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import { signalNumber } from '../../core/signals.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { isGone, monitorOf, notRunning } from './monitor-of.ts';
import type { Container } from './refresh.ts';
import { startContainer } from './start.ts';

export interface StopOptions {
  readonly signal?: string;
  /** -1: wait for ever. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Answers when it has ended; one that does not run is left alone. */
export async function stopContainer(deps: ContainerDeps, ref: string, options: StopOptions): Promise<void> {
  const container = await findContainer(deps, ref);
  if (!isActive(container.state.status)) return;
  const { signal, timeoutSeconds } = stopRequest(container, options);
  await unlessGone(deps, ref, async () => (await monitorOf(container)).stop(signal, timeoutSeconds));
}

/** Stops and starts it; one that does not run is started. */
export async function restartContainer(deps: ContainerDeps, ref: string, options: StopOptions): Promise<void> {
  const container = await findContainer(deps, ref);
  if (container.state.status !== 'running') {
    await stopContainer(deps, ref, options);
    return await startContainer(deps, ref);
  }
  const { signal, timeoutSeconds } = stopRequest(container, options);
  await (await monitorOf(container)).restart(signal, timeoutSeconds);
}

/** To the container's init. @throws UserError `CONTAINER_NOT_RUNNING` */
export async function killContainer(deps: ContainerDeps, ref: string, signal: string): Promise<void> {
  const number = signalNumber(signal);
  const container = await findContainer(deps, ref);
  if (container.state.status === 'restarting') return await killRestarting(deps, container, number);
  if (container.state.status !== 'running' && container.state.status !== 'paused') {
    const { cause, hint } = notRunning(container.record.id, container.record.name);
    throw new UserError(
      'conflict',
      'CONTAINER_NOT_RUNNING',
      `cannot kill container: ${ref}: container ${container.record.id} is not running`,
      {
        cause,
        ...(hint === undefined ? {} : { hint }),
      },
    );
  }
  await (await monitorOf(container)).signal(number);
}

/** There is no process to signal: what would end it ends its restarts, anything else is lost, as in docker. */
async function killRestarting(deps: ContainerDeps, { record }: Container, signal: number): Promise<void> {
  const endsIt = signal === signalNumber('SIGKILL') || signal === signalNumber(record.config.StopSignal ?? 'SIGTERM');
  if (endsIt) await stopContainer(deps, record.id, { timeoutSeconds: 0 });
}

function stopRequest({ record }: Container, options: StopOptions): { signal: number; timeoutSeconds: number } {
  return {
    signal: signalNumber(options.signal ?? record.config.StopSignal ?? 'SIGTERM'),
    timeoutSeconds: options.timeoutSeconds ?? record.config.StopTimeout ?? DEFAULT_TIMEOUT_SECONDS,
  };
}

/** A monitor that ended while it was being asked has done what was asked; one that was killed is put right by the next look. */
async function unlessGone(deps: ContainerDeps, ref: string, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!isGone(error) && !(error instanceof UserError && error.code === 'MONITOR_LOST')) throw error;
    const after = await findContainer(deps, ref).catch(ifRemoved);
    if (after && isActive(after.state.status)) throw error;
  }
}

function ifRemoved(error: unknown): null {
  if (error instanceof UserError && error.code === 'CONTAINER_NOT_FOUND') return null;
  throw error;
}
