import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { errnoOf } from '../core/errors.ts';

/**
 * Removes a folder that was taken out of sight before. For a process in U, which may remove what belongs to subordinate ids. A folder
 * without permissions stops even it where the id is not mapped; that is reported, not hidden.
 */
export function removeCondemned(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (errnoOf(error) !== 'EACCES' || !lstatSync(path, { throwIfNoEntry: false })) throw error;
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  }
}
