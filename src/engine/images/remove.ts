import { type Digest, shortId } from '../../core/digest.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageRecord } from '../../core/image.ts';
import { familiarReference, parseNamed } from '../../core/reference.ts';
import {
  type ImageList,
  isDigestName,
  isIdPrefix,
  referencesOf,
  removeImage,
  repositoryOf,
  storedName,
  untagImage,
} from '../../store/image-list.ts';
import { requireIn, updateImages } from '../../store/images.ts';
import type { ImagesDeps, ImageUser } from './deps.ts';
import { collectGarbage } from './garbage.ts';

export type RemovalStep = { Untagged: string } | { Deleted: string };

export interface Removal {
  readonly images: ImageList;
  readonly steps: readonly RemovalStep[];
  /** The image that is gone from the list; undefined where it only lost names. */
  readonly removed: ImageRecord | undefined;
}

/** @throws UserError `IMAGE_NOT_FOUND`, `IMAGE_IN_USE`, `IMAGE_IN_MANY_REPOSITORIES` in docker's words */
export async function removeImageByReference(deps: ImagesDeps, reference: string, options: { force: boolean }): Promise<RemovalStep[]> {
  const { steps, removed } = await updateImages(deps.paths, images => {
    const removal = planRemoval(images, deps.containers(), reference, options);
    return { images: removal.images, result: removal };
  });
  if (!removed) return [...steps];
  const unused = await collectGarbage(deps);
  return [
    ...steps,
    ...removed.layers
      .toReversed()
      .filter(chainId => unused.has(chainId))
      .map(deleted),
  ];
}

/**
 * What `rmi` does, by docker's rules (moby daemon/images/image_delete.go): a name is untagged, and the image goes with its last one; an
 * id takes all names with it where they belong to one repository.
 */
export function planRemoval(
  images: ImageList,
  containers: readonly ImageUser[],
  reference: string,
  { force }: { force: boolean },
): Removal {
  const image = requireIn(images, reference);
  const users = containers.filter(({ imageId }) => imageId === image.id);
  return isIdPrefix(image.id, reference) ? planById(images, image, users, force) : planByName(images, image, users, reference, force);
}

function planByName(images: ImageList, image: ImageRecord, users: readonly ImageUser[], reference: string, force: boolean): Removal {
  const names = referencesOf(image);
  const [user] = users;
  if (!force && user && isSingleReference(names)) throw nameInUse(reference, user, image.id);
  const name = storedName(parseNamed(reference));
  const gone = [name, ...orphanedDigests(names, name)];
  const kept = names.filter(other => !gone.includes(other));
  const untagged: Removal = { images: gone.reduce(untagImage, images), steps: gone.map(untaggedStep), removed: undefined };
  // Docker keeps an image whose last name was taken by force while a container runs on it, and says nothing of it.
  if (kept.length > 0 || conflictOf(image, users, force)) return untagged;
  return { ...untagged, images: removeImage(images, image.id), steps: [...untagged.steps, deleted(image.id)], removed: image };
}

function planById(images: ImageList, image: ImageRecord, users: readonly ImageUser[], force: boolean): Removal {
  const names = referencesOf(image);
  const conflict =
    conflictOf(image, users, force) ?? (!force && names.length > 0 && !isSingleReference(names) ? manyRepositories(image.id) : undefined);
  if (conflict) throw conflict;
  const steps = [...names.map(untaggedStep), deleted(image.id)];
  return { images: removeImage(images, image.id), steps, removed: image };
}

/** With the repository's last tag its digests go too: nobody would ever look for them. */
function orphanedDigests(names: readonly string[], name: string): string[] {
  const repository = repositoryOf(name);
  const others = names.filter(other => other !== name && repositoryOf(other) === repository);
  return isDigestName(name) || others.some(other => !isDigestName(other)) ? [] : others;
}

/** At most one tag, and all names in one repository. */
function isSingleReference(names: readonly string[]): boolean {
  const tags = names.filter(name => !isDigestName(name));
  return names.length > 0 && tags.length <= 1 && new Set(names.map(repositoryOf)).size === 1;
}

function conflictOf(image: ImageRecord, users: readonly ImageUser[], force: boolean): UserError | undefined {
  const running = users.find(user => user.running);
  if (running) return imageInUse(image.id, `cannot be forced) - image is being used by running container ${shortId(running.id)}`, running);
  const [stopped] = users;
  if (stopped && !force)
    return imageInUse(image.id, `must be forced) - image is being used by stopped container ${shortId(stopped.id)}`, stopped);
  return undefined;
}

function nameInUse(reference: string, user: ImageUser, id: Digest): UserError {
  return new UserError(
    'conflict',
    'IMAGE_IN_USE',
    `conflict: unable to remove repository reference ${JSON.stringify(reference)} (must force) - container ${shortId(user.id)} is using its referenced image ${shortId(id)}`,
    { hint: `tsdocker rm ${user.name}` },
  );
}

function imageInUse(id: Digest, why: string, user: ImageUser): UserError {
  return new UserError('conflict', 'IMAGE_IN_USE', `conflict: unable to delete ${shortId(id)} (${why}`, {
    hint: `tsdocker rm ${user.running ? '-f ' : ''}${user.name}`,
  });
}

function manyRepositories(id: Digest): UserError {
  return new UserError(
    'conflict',
    'IMAGE_IN_MANY_REPOSITORIES',
    `conflict: unable to delete ${shortId(id)} (must be forced) - image is referenced in multiple repositories`,
  );
}

function untaggedStep(name: string): RemovalStep {
  return { Untagged: familiarReference(parseNamed(name)) };
}

function deleted(id: Digest): RemovalStep {
  return { Deleted: id };
}
