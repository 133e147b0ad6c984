import type { Digest } from '../../core/digest.ts';
import { listBlobs, removeBlob, removeUnfinishedBlobs } from '../../store/blobs.ts';
import { sweepContent } from '../../store/content-lock.ts';
import { readImages } from '../../store/images.ts';
import type { ImagesDeps } from './deps.ts';

/**
 * Removes the layers and blobs that no image and no container refers to, those of interrupted pulls among them; answers the layers.
 * While anything is being pulled nothing is removed: the next sweep does it.
 *
 * Images are read before containers: a container made in between holds its image, so either the image is still listed or the
 * container already is.
 */
export async function collectGarbage({
  paths,
  layers,
  containers,
}: Pick<ImagesDeps, 'paths' | 'layers' | 'containers'>): Promise<ReadonlySet<Digest>> {
  const swept = await sweepContent(paths, async () => {
    const images = readImages(paths);
    const blobs = new Set(images.flatMap(({ id, manifest }) => (manifest ? [id, manifest.digest] : [id])));
    removeUnfinishedBlobs(paths);
    for (const digest of listBlobs(paths)) if (!blobs.has(digest)) removeBlob(paths, digest);
    const used = new Set([...images, ...containers()].flatMap(user => user.layers));
    const unused = layers.list().filter(chainId => !used.has(chainId));
    await layers.remove(unused);
    return new Set(unused);
  });
  return swept ?? new Set();
}
