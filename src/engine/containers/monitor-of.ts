import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { isAlive } from '../../linux/process-identity.ts';
import { connectMonitor, launchMonitor, type MonitorClient } from '../../monitor/index.ts';
import type { ContainerDeps } from './deps.ts';
import type { Container } from './refresh.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A new monitor, that still has to be told its container. */
export function newMonitor(deps: ContainerDeps): Promise<MonitorClient> {
  return launchMonitor({ paths: deps.paths, maps: deps.maps(), cgroups: deps.cgroups(), env: deps.env });
}

/**
 * The monitor of a running container. Where its socket was wiped (a log-out removes the runtime folder under running containers), the
 * monitor is asked by a signal to listen again.
 * @throws UserError `CONTAINER_NOT_RUNNING`
 */
export async function monitorOf({ record, state }: Container): Promise<MonitorClient> {
  const { monitor } = state;
  if (!monitor) throw notRunning(record.id, record.name);
  try {
    return await connectMonitor(monitor.socket, { timeoutMs: CONNECT_TIMEOUT_MS });
  } catch (error) {
    if (!isGone(error) || !isAlive(monitor)) throw error;
  }
  process.kill(monitor.pid, 'SIGHUP');
  for (let waited = 0; ; waited += 20) {
    try {
      return await connectMonitor(monitor.socket, { timeoutMs: CONNECT_TIMEOUT_MS });
    } catch (error) {
      if (!isGone(error) || waited > 2000) throw error;
      await delay(20);
    }
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof UserError && error.code === 'MONITOR_GONE';
}

export function notRunning(id: string, name: string): UserError {
  return new UserError('conflict', 'CONTAINER_NOT_RUNNING', `container ${id} is not running`, { hint: `tsdocker start ${name}` });
}
