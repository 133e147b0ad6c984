import { type Digest, hexOf, isDigest } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import type { ImageRecord } from '../core/image.ts';
import { familiarReference, fullName, parseNamed, type Reference, withDefaultTag } from '../core/reference.ts';

/** The list of images as values: nothing here reads or writes. Names in it are full ones, sorted as docker sorts them. */
export type ImageList = readonly ImageRecord[];

/** What a user's word means among these images. */
export type Lookup = { kind: 'found'; image: ImageRecord } | { kind: 'ambiguous'; count: number } | { kind: 'missing' };

/**
 * Docker's order: a whole id, then a name, then the unique beginning of an id.
 * @throws UserError `INVALID_REFERENCE`
 */
export function lookUp(images: ImageList, text: string): Lookup {
  const whole = idOf(text);
  if (whole !== undefined) return foundOr(images.find(image => image.id === whole));
  const reference = withDefaultTag(parseNamed(text));
  const named = images.find(image => carries(image, reference));
  return named ? { kind: 'found', image: named } : lookUpPrefix(images, text);
}

/** `No such image: busybox:latest`, the name as docker completes it. */
export function noSuchImage(text: string, lookup: Lookup): UserError {
  const shown = idOf(text) ?? familiarReference(withDefaultTag(parseNamed(text)));
  const hint =
    lookup.kind === 'ambiguous' ? `${lookup.count} image ids begin with ${text}: give more of the one you mean` : `tsdocker pull ${text}`;
  return new UserError('not-found', 'IMAGE_NOT_FOUND', `No such image: ${shown}`, { hint });
}

/** Whether the text is the id, or its beginning, with or without `sha256:`; else it was a name that found the image. */
export function isIdPrefix(id: Digest, text: string): boolean {
  return id.startsWith(text) || hexOf(id).startsWith(text);
}

/** All names of an image in docker's order, which is that of the text. */
export function referencesOf(image: ImageRecord): string[] {
  return [...image.repoTags, ...image.repoDigests].sort(byText);
}

export function isDigestName(name: string): boolean {
  return name.includes('@');
}

/** The repository of a full name. */
export function repositoryOf(name: string): string {
  return isDigestName(name) ? name.slice(0, name.lastIndexOf('@')) : name.slice(0, name.lastIndexOf(':'));
}

/** The full name that this reference stands for in the list; a digest counts more than a tag beside it. */
export function storedName(reference: Reference): string {
  const { digest, tag } = withDefaultTag(reference);
  return digest === undefined ? `${fullName(reference)}:${tag}` : `${fullName(reference)}@${digest}`;
}

/** Adds the image, or its names to the one with the same id; each of its names moves here from any other image. */
export function addImage(images: ImageList, added: ImageRecord): ImageList {
  const names = new Set([...added.repoTags, ...added.repoDigests]);
  const before = images.find(image => image.id === added.id);
  const merged: ImageRecord = {
    ...before,
    ...added,
    repoTags: union(before?.repoTags, added.repoTags),
    repoDigests: union(before?.repoDigests, added.repoDigests),
    lastTagTime: added.repoTags.length > 0 || !before ? added.lastTagTime : before.lastTagTime,
  };
  return [...images.filter(image => image.id !== added.id).map(image => withoutNames(image, names)), merged];
}

/** Gives the name to this image and takes it from any other. */
export function tagImage(images: ImageList, id: Digest, name: string, time: string): ImageList {
  const names = new Set([name]);
  return images.map(image =>
    image.id === id ? { ...image, repoTags: union(image.repoTags, [name]), lastTagTime: time } : withoutNames(image, names),
  );
}

export function untagImage(images: ImageList, name: string): ImageList {
  const names = new Set([name]);
  return images.map(image => withoutNames(image, names));
}

export function removeImage(images: ImageList, id: Digest): ImageList {
  return images.filter(image => image.id !== id);
}

function withoutNames(image: ImageRecord, names: ReadonlySet<string>): ImageRecord {
  if (![...image.repoTags, ...image.repoDigests].some(name => names.has(name))) return image;
  return {
    ...image,
    repoTags: image.repoTags.filter(name => !names.has(name)),
    repoDigests: image.repoDigests.filter(name => !names.has(name)),
  };
}

function carries(image: ImageRecord, reference: Reference): boolean {
  const name = storedName(reference);
  return reference.digest === undefined ? image.repoTags.includes(name) : image.repoDigests.includes(name);
}

function lookUpPrefix(images: ImageList, text: string): Lookup {
  const prefix = /^(?:sha256:)?([0-9a-f]{1,64})$/.exec(text)?.[1];
  if (prefix === undefined) return { kind: 'missing' };
  const matches = images.filter(image => hexOf(image.id).startsWith(prefix));
  return matches.length > 1 ? { kind: 'ambiguous', count: matches.length } : foundOr(matches[0]);
}

function foundOr(image: ImageRecord | undefined): Lookup {
  return image ? { kind: 'found', image } : { kind: 'missing' };
}

function idOf(text: string): Digest | undefined {
  const id = /^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text;
  return isDigest(id) ? id : undefined;
}

function union(first: readonly string[] = [], second: readonly string[] = []): string[] {
  return [...new Set([...first, ...second])].sort(byText);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
