import { errnoOf, UserError } from './errors.ts';

/** What the machine, not the program, refuses; every other system error is a bug where it was not expected. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EIO: 'input/output error',
  EMFILE: 'too many open files in this process',
  ENFILE: 'too many open files on this machine',
  ENOMEM: 'out of memory',
};

/**
 * A system error that the user or the machine's administrator can act on, as a sentence that names the path: code `DISK_FULL` or
 * `SYSTEM_REFUSED`. Anything else comes back as it was.
 */
export function explainSystemError(error: unknown, path?: string): unknown {
  const errno = errnoOf(error);
  const reason = errno === undefined ? undefined : refusals[errno];
  if (reason === undefined || error instanceof UserError) return error;
  const place = path ?? pathOf(error);
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new UserError('external', isFull ? 'DISK_FULL' : 'SYSTEM_REFUSED', place === undefined ? reason : `${place}: ${reason}`, {
    ...(isFull ? { hint: 'free some space on that disk: tsdocker container prune, tsdocker rmi' } : {}),
    cause: error,
  });
}

function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}
