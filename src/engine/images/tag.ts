import { UserError } from '../../core/errors.ts';
import type { Paths } from '../../core/paths.ts';
import { familiarName, parseNamed } from '../../core/reference.ts';
import { storedName, tagImage } from '../../store/image-list.ts';
import { requireIn, updateImages } from '../../store/images.ts';

/** Names an image; another image that had the name loses it. @throws UserError `IMAGE_NOT_FOUND`, `INVALID_REFERENCE` */
export async function tag(paths: Paths, source: string, target: string): Promise<void> {
  const name = parseNewName(target, 'refusing to create a tag with a digest reference');
  await updateImages(paths, images => {
    const { id } = requireIn(images, source);
    return { images: tagImage(images, id, name, new Date().toISOString()), result: undefined };
  });
}

/** The full name with tag that an image is to get. @throws UserError `INVALID_REFERENCE`, with `digestRefusal` for a digest */
export function parseNewName(text: string, digestRefusal: string): string {
  const reference = parseNamed(text);
  if (reference.digest !== undefined) throw new UserError('invalid', 'INVALID_REFERENCE', digestRefusal);
  if (familiarName(reference) === 'sha256') {
    throw new UserError('invalid', 'INVALID_REFERENCE', 'refusing to create an ambiguous tag using digest algorithm as name');
  }
  return storedName(reference);
}
