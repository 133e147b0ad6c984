import { errnoOf, messageOf, UserError } from '../../core/errors.ts';
import { shownName } from '../tar/entry.ts';

/** What the layer itself has wrong: it can't be unpacked anywhere. */
export function invalidEntry(name: string, why: string): UserError {
  return new UserError('invalid', 'LAYER_INVALID', `the layer can't be unpacked: its entry ${shownName(name)} ${why}`);
}

/** Gives a system error that an entry met words that name it. */
export function entryFailure(name: string, cause: unknown): unknown {
  if (cause instanceof UserError) return cause;
  const code = errnoOf(cause);
  if (code === undefined) return cause;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(cause);
  if (code === 'ENAMETOOLONG') return invalidEntry(name, 'has a name that is too long for a file system');
  return new UserError('external', 'UNPACK_FAILED', `the layer's entry ${shownName(name)} can't be made: ${messageOf(cause)}`, { cause });
}

export function diskFull(cause: unknown): UserError {
  return new UserError('external', 'DISK_FULL', 'no space left on device while unpacking a layer', {
    hint: 'free some space: tsdocker container prune, tsdocker rmi IMAGE',
    cause,
  });
}
