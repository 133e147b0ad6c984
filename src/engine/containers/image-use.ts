import type { Digest } from '../../core/digest.ts';
import { UserError } from '../../core/errors.ts';
import type { Paths } from '../../core/paths.ts';
import { containerIds, readContainer, readState } from '../../store/index.ts';

/** A container as far as removing images has to know of it. */
export interface ImageUse {
  readonly id: string;
  readonly name: string;
  readonly imageId: Digest;
  readonly layers: readonly Digest[];
  readonly running: boolean;
}

/**
 * Which images containers were made from.
 * @throws UserError for a record that can't be read: what it needs is then unknown, and nothing may be removed
 */
export function imageUse(paths: Paths): ImageUse[] {
  return containerIds(paths).flatMap(id => {
    try {
      const { name, imageId, layers } = readContainer(paths, id);
      const { status } = readState(paths, id);
      return [{ id, name, imageId, layers, running: status === 'running' || status === 'paused' || status === 'restarting' }];
    } catch (error) {
      // Removed while we looked.
      if (error instanceof UserError && error.code === 'RECORD_MISSING') return [];
      throw error;
    }
  });
}
