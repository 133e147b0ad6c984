import type { Digest } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import { findImage, holdImages, readImageConfig, requireImage } from '../store/index.ts';
import type { ContainerImages } from './containers/index.ts';
import type { LayerStore } from './images/index.ts';
import type { Images } from './types.ts';

/** What containers need of images, on this machine's store. */
export function containerImages(paths: Paths, images: Images, layers: Pick<LayerStore, 'read'>): ContainerImages {
  return {
    ensure: async (reference, { pull, platform }, progress) => {
      const found = pull === 'always' ? undefined : findImage(paths, reference);
      if (found) return;
      if (pull === 'never') throw missing(reference);
      await images.pull(reference, platform === undefined ? {} : { platform }, progress);
    },
    use: (reference, work) =>
      holdImages(paths, () => {
        const image = requireImage(paths, reference);
        return work({ id: image.id, layers: image.layers, config: readImageConfig(paths, image, 'trusted') });
      }),
    layersSize: chainIds => chainIds.reduce((total, chainId) => total + layers.read(chainId).size, 0),
    idOf: reference => idOf(paths, reference),
  };
}

function idOf(paths: Paths, reference: string): Digest | undefined {
  try {
    return findImage(paths, reference)?.id;
  } catch (error) {
    // A container's image may be named by what is no reference, such as an id that went.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function missing(reference: string): UserError {
  return new UserError('not-found', 'IMAGE_NOT_FOUND', `No such image: ${reference}`, { hint: `tsdocker pull ${reference}` });
}
