import type { Digest } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { Platform } from '../core/oci-image.ts';
import type { Paths } from '../core/paths.ts';
import { formatPlatform, hostPlatform, parsePlatform, satisfies } from '../registry/platform.ts';
import { findImage, holdImages, readImageConfig, readImages, requireImage } from '../store/index.ts';
import type { ContainerImages } from './containers/index.ts';
import type { ImagesDeps } from './images/index.ts';
import type { Images } from './types.ts';

/** What containers need of images, on this machine's store. */
export function containerImages(deps: ImagesDeps, images: Images): ContainerImages {
  const { paths, layers } = deps;
  return {
    ensure: async (reference, { pull, platform }, progress) => {
      const found = pull === 'always' ? undefined : findImage(paths, reference);
      const wanted = platform === undefined ? undefined : parsePlatform(platform, hostPlatform(deps.arch).architecture);
      if (found && (wanted === undefined || satisfies(found, wanted))) return;
      if (pull === 'never') throw otherPlatform(reference, requireImage(paths, reference), wanted);
      if (pull === 'missing') progress({ type: 'image.missing', reference });
      await images.pull(reference, platform === undefined ? {} : { platform }, progress);
    },
    use: (reference, work) =>
      holdImages(paths, () => {
        const image = requireImage(paths, reference);
        return work({ id: image.id, layers: image.layers, config: readImageConfig(paths, image, 'trusted') });
      }),
    layersSize: chainIds => chainIds.reduce((total, chainId) => total + layers.read(chainId).size, 0),
    idOf: reference => idOf(paths, reference),
    release: async id => {
      if (readImages(paths).some(image => image.id === id)) return;
      const { collectGarbage } = await import('./images/garbage.ts');
      await collectGarbage(deps);
    },
  };
}

function otherPlatform(reference: string, actual: Platform, wanted = actual): UserError {
  const [is, should] = [formatPlatform(actual), formatPlatform(wanted)];
  const mismatch = `does not match the specified platform: wanted ${should}, actual: ${is}`;
  return new UserError('not-found', 'PLATFORM_NOT_FOUND', `image with reference ${reference} was found but ${mismatch}`);
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
