import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf, messageOf, UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';

/**
 * Makes the data root and the runtime folder, for this user only.
 * @throws UserError `ROOT_UNUSABLE`, `RUN_FOLDER_FOREIGN`
 */
export function openRoot(paths: Paths): void {
  makeFolder(join(paths.root, 'containers'));
  makeFolder(paths.run);
  const { uid } = lstatSync(paths.run);
  const own = process.getuid?.() ?? uid;
  if (uid === own) return;
  throw new UserError('external', 'RUN_FOLDER_FOREIGN', `${paths.run} belongs to another user (uid ${uid})`, {
    hint: 'set XDG_RUNTIME_DIR to a folder of your own, mode 0700',
    exitCode: 125,
  });
}

function makeFolder(path: string): void {
  try {
    makeWithParents(path);
  } catch (cause) {
    const why = errnoOf(cause) === 'ENOSPC' ? 'no space left on device' : messageOf(cause);
    throw new UserError('external', 'ROOT_UNUSABLE', `the folder ${path} can't be made: ${why}`, {
      hint: 'name another place with --root, or set XDG_DATA_HOME and XDG_RUNTIME_DIR',
      cause,
      exitCode: 125,
    });
  }
}

/** mkdirSync's own `recursive` never ends below /proc, where every folder that can't be made is ENOENT. */
function makeWithParents(path: string): void {
  if (made(path)) return;
  makeWithParents(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** False when the folder above is missing. @throws system errors */
function made(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = errnoOf(error);
    // On a read-only disk a folder that is there is EROFS before it is EEXIST.
    if ((code === 'EEXIST' || code === 'EROFS') && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return true;
    if (code === 'ENOENT' && path !== dirname(path) && !existsSync(dirname(path))) return false;
    throw error;
  }
}
