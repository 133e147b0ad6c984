import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { type ImageRecord, ImagesFile } from '../core/image.ts';
import { ImageConfig } from '../core/oci-image.ts';
import type { Paths } from '../core/paths.ts';
import { readBlob, readBlobUnchecked } from './blobs.ts';
import { type ImageList, lookUp, noSuchImage } from './image-list.ts';
import { withLock } from './locks.ts';
import { readRecord, writeRecord } from './records.ts';

/**
 * `images.json` lists every image. Who holds `images.lock`:
 * - exclusive: whoever changes the list, and who removes an image, from the look at the containers to the written list;
 * - shared: whoever makes a container, from the look at the image to the container's record ({@link holdImages}).
 * So an image can't go between being found and being used. Mere readers take no lock: the file changes by rename.
 * What an image consists of is kept by another lock, see content-lock.ts. Taken together, that one comes first.
 */
export function readImages(paths: Paths): ImageList {
  try {
    return readRecord(join(paths.root, 'images.json'), ImagesFile).images;
  } catch (error) {
    if (error instanceof UserError && error.code === 'RECORD_MISSING') return [];
    throw error;
  }
}

/** Replaces the list by what `change` makes of it, in one step; a list given back unchanged is not written. Answers its result. */
export function updateImages<T>(paths: Paths, change: (images: ImageList) => { images: ImageList; result: T }): Promise<T> {
  return withLock(join(paths.root, 'images.lock'), () => {
    const before = readImages(paths);
    const { images, result } = change(before);
    if (images !== before) writeRecord(join(paths.root, 'images.json'), { version: 1, images }, { durable: true });
    return result;
  });
}

/** Runs `work` while no image is removed or loses a name. */
export function holdImages<T>(paths: Paths, work: () => T | Promise<T>): Promise<T> {
  return withLock(join(paths.root, 'images.lock'), work, { mode: 'shared' });
}

/** By name, id, or the unique beginning of an id, as docker. @throws UserError `INVALID_REFERENCE` */
export function findImage(paths: Paths, reference: string): ImageRecord | undefined {
  const lookup = lookUp(readImages(paths), reference);
  return lookup.kind === 'found' ? lookup.image : undefined;
}

/** @throws UserError `IMAGE_NOT_FOUND`, `INVALID_REFERENCE` in docker's words */
export function requireImage(paths: Paths, reference: string): ImageRecord {
  return requireIn(readImages(paths), reference);
}

/** The same in a list that was read before. */
export function requireIn(images: ImageList, reference: string): ImageRecord {
  const lookup = lookUp(images, reference);
  if (lookup.kind === 'found') return lookup.image;
  throw noSuchImage(reference, lookup);
}

/**
 * The image's config; its form is always checked, its bytes against the image's id unless `digest` is `trusted`.
 * @throws UserError `IMAGE_DAMAGED`
 */
export function readImageConfig(paths: Paths, image: ImageRecord, digest: 'checked' | 'trusted' = 'checked'): ImageConfig {
  const [name = image.id] = [...image.repoTags, ...image.repoDigests];
  const damaged = (why: string, cause?: unknown) =>
    new UserError('external', 'IMAGE_DAMAGED', `image ${name} is damaged: ${why}`, {
      hint: `tsdocker pull ${name}, or tsdocker rmi -f it`,
      cause,
    });
  const read = digest === 'checked' ? readBlob : readBlobUnchecked;
  const parsed = v.safeParse(ImageConfig, parse(readConfigBlob(() => read(paths, image.id), damaged)));
  if (parsed.success) return parsed.output;
  throw damaged(`its config is not valid: ${v.summarize(parsed.issues)}`);
}

function readConfigBlob(read: () => Buffer, damaged: (why: string, cause: unknown) => UserError): Buffer {
  try {
    return read();
  } catch (error) {
    throw error instanceof UserError ? damaged(error.message, error) : error;
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
