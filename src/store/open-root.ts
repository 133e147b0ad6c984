import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = errnoOf(cause) === 'ENOSPC' ? 'no space left on device' : messageOf(cause);
    throw new UserError('external', 'ROOT_UNUSABLE', `the folder ${path} can't be made: ${why}`, {
      hint: 'name another place with --root, or set XDG_DATA_HOME and XDG_RUNTIME_DIR',
      cause,
      exitCode: 125,
    });
  }
}
