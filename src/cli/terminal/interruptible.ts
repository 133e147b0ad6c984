import { constants } from 'node:os';
import { UserError } from '../../core/errors.ts';

/**
 * Runs `work` with a signal that SIGINT, SIGTERM and SIGHUP abort, so that it takes back what it has half done. A second one ends the
 * program at once.
 * @throws UserError `INTERRUPTED`, exit code 128+n, where `work` throws the signal's reason
 */
export async function interruptible<T>(given: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => {
    const exitCode = 128 + constants.signals[name];
    const listener = (): void => interrupted.abort(new UserError('external', 'INTERRUPTED', 'interrupted', { exitCode }));
    process.once(name, listener);
    return { name, listener };
  });
  try {
    return await work(AbortSignal.any([given, interrupted.signal]));
  } finally {
    for (const { name, listener } of listeners) process.off(name, listener);
  }
}
