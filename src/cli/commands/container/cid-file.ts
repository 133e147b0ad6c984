import { open, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoOf, messageOf, UserError } from '../../../core/errors.ts';
import { invalid } from '../../args/invalid.ts';

/**
 * Runs `create` with the file of `--cidfile` reserved before and filled with the id after it; a file that got none is removed.
 * @throws UserError when the file exists already or can't be made
 */
export async function withCidFile<T extends { readonly id: string }>(
  path: string | undefined,
  cwd: string,
  create: () => Promise<T>,
): Promise<T> {
  if (!path) return await create();
  const file = await reserve(path, resolve(cwd, path));
  let written = false;
  try {
    const created = await create();
    await file.writeFile(created.id);
    written = true;
    return created;
  } finally {
    await file.close();
    if (!written) await unlink(resolve(cwd, path)).catch(() => {});
  }
}

async function reserve(shown: string, path: string) {
  try {
    return await open(path, 'wx', 0o644);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') {
      throw invalid(`container ID file found, make sure the other container isn't running or delete ${shown}`);
    }
    throw new UserError('invalid', 'CIDFILE_UNWRITABLE', `failed to create the container ID file: ${messageOf(cause)}`, { cause });
  }
}
