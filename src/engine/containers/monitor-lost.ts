import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import type { Session } from '../types.ts';
import type { ContainerDeps } from './deps.ts';

/** What of a monitor's log is shown in an error, bytes. */
const SHOWN = 2048;

export function isLost(error: unknown): boolean {
  return error instanceof UserError && error.code === 'MONITOR_LOST';
}

/**
 * A monitor that dies takes its last words to its own log. Answers the error with them where there are any: they tell a bug of ours from a
 * monitor that was killed.
 */
export function explainLoss(deps: ContainerDeps, id: string, error: unknown): unknown {
  if (!(error instanceof UserError) || error.code !== 'MONITOR_LOST') return error;
  const { monitorLog } = containerPaths(deps.paths, id);
  const words = lastWords(monitorLog);
  if (words === '') return error;
  return new UserError('external', 'MONITOR_LOST', `the container's monitor failed; the end of ${monitorLog}:\n${words}`, {
    hint: 'tsdocker ps -a shows what has become of the container',
    cause: error,
  });
}

/** The session, with the monitor's last words where its end is lost. */
export function explainingLoss(deps: ContainerDeps, id: string, session: Session): Session {
  const exit = session.exit.catch(error => Promise.reject(explainLoss(deps, id, error)));
  exit.catch(() => {});
  return { ...session, exit };
}

function lastWords(path: string): string {
  try {
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(SHOWN);
      const length = readSync(fd, buffer, 0, SHOWN, Math.max(0, fstatSync(fd).size - SHOWN));
      return buffer.toString('utf8', 0, length).trim();
    } finally {
      closeSync(fd);
    }
  } catch {
    // Gone with its container (--rm), or never written.
    return '';
  }
}
