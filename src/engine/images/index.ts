import { UserError } from '../../core/errors.ts';
import type { ProgressListener } from '../../core/events.ts';
import { parseReference } from '../../core/reference.ts';
import { keepContent } from '../../store/content-lock.ts';
import type { Images, PullOptions } from '../types.ts';
import type { ImagesDeps } from './deps.ts';

export type { ImagesDeps, ImageUser } from './deps.ts';
export type { LayerStore } from './layer-store.ts';

/** The image verbs over the store. Each verb's code is loaded when it is first called: listing needs no registry client. */
export function openImages(deps: ImagesDeps): Images {
  return {
    pull: (reference, options, progress) => pull(deps, reference, options, progress),
    import: async options => (await import('./import.ts')).importImage(deps, options),
    list: async options => (await import('./list.ts')).list(deps, options),
    inspect: async reference => (await import('./inspect.ts')).inspect(deps.paths, reference),
    tag: async (source, target) => (await import('./tag.ts')).tag(deps.paths, source, target),
    remove: async (reference, options) => (await import('./remove.ts')).removeImageByReference(deps, reference, options),
  };
}

async function pull(deps: ImagesDeps, text: string, options: PullOptions, progress: ProgressListener): Promise<{ reference: string }> {
  const reference = parseReference(text);
  const [{ pullImage }, { storeTarget }] = await Promise.all([import('./pull.ts'), import('./store-target.ts')]);
  const pullDeps = { ...deps, registry: await deps.registry(), target: storeTarget(deps) };
  try {
    const result = await keepContent(deps.paths, () => pullImage(pullDeps, reference, options, progress));
    return { reference: result.reference };
  } catch (error) {
    // Elsewhere its finished layers stay for the next try; here they are what fills the disk.
    if (error instanceof UserError && error.code === 'DISK_FULL') await (await import('./garbage.ts')).collectGarbage(deps);
    throw error;
  }
}
