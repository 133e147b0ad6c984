import type { ProcessIdentity } from '../core/container.ts';
import { errnoOf } from '../core/errors.ts';
import { isAlive } from '../linux/process-identity.ts';

/** Kills that very process; one that has ended counts as killed. */
export function kill(identity: ProcessIdentity): object {
  try {
    if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
  return {};
}
