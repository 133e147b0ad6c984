import type { ImageRecord } from '../../core/image.ts';
import { putBlob } from '../../store/blobs.ts';
import { addImage } from '../../store/image-list.ts';
import { readImages, updateImages } from '../../store/images.ts';
import type { ImagesDeps } from './deps.ts';
import type { PullTarget } from './pull-target.ts';

/** The store as a pull sees it. The caller holds content.lock (store/content-lock.ts) until the pull is over. */
export function storeTarget({ paths, layers }: Pick<ImagesDeps, 'paths' | 'layers'>): PullTarget {
  return {
    layers,
    images: {
      find: async name =>
        readImages(paths).find(({ id, repoTags, repoDigests }) => id === name || repoTags.includes(name) || repoDigests.includes(name))?.id,
      putBlob: async (digest, bytes) => putBlob(paths, digest, bytes),
      record: async pulled => {
        const size = pulled.layers.reduce((sum, chainId) => sum + layers.read(chainId).size, 0);
        const image: ImageRecord = { ...pulled, size, lastTagTime: new Date().toISOString() };
        await updateImages(paths, images => ({ images: addImage(images, image), result: undefined }));
      },
    },
  };
}
