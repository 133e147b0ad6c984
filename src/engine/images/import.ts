import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Digest } from '../../core/digest.ts';
import { errnoOf, messageOf, UserError } from '../../core/errors.ts';
import type { ImageRecord } from '../../core/image.ts';
import type { ImageConfig, ImageRunConfig, Platform } from '../../core/oci-image.ts';
import { hostPlatform, parsePlatform } from '../../registry/platform.ts';
import { digestOf, putBlob } from '../../store/blobs.ts';
import { keepContent } from '../../store/content-lock.ts';
import { addImage } from '../../store/image-list.ts';
import { updateImages } from '../../store/images.ts';
import type { ImportOptions } from '../types.ts';
import { applyChanges } from './config-changes.ts';
import type { ImagesDeps } from './deps.ts';
import { parseNewName } from './tag.ts';

/**
 * Makes an image of one layer from a tar; answers its id. All that can be checked before the tar is read, is.
 * @throws UserError `INVALID_REFERENCE`, `INVALID_CHANGE`, `INVALID_PLATFORM`, `IMPORT_SOURCE`, or of the layer store
 */
export async function importImage(deps: ImagesDeps, options: ImportOptions): Promise<Digest> {
  const name = options.reference === undefined ? undefined : parseNewName(options.reference, 'cannot import digest reference');
  const config = applyChanges({}, options.changes);
  const platform = platformOf(options.platform, deps.arch);
  const source = await openSource(options.source);
  try {
    return await keepContent(deps.paths, async () => {
      const layer = await deps.layers.importLayer(source.stream);
      return await recordImage(deps, layer, { config, platform, name, comment: options.message || `Imported from ${source.name}` });
    });
  } finally {
    source.stream.destroy();
  }
}

interface ImageParts {
  readonly config: ImageRunConfig;
  readonly platform: Platform;
  readonly name: string | undefined;
  readonly comment: string;
}

async function recordImage({ paths }: ImagesDeps, layer: { diffId: Digest; size: number }, parts: ImageParts): Promise<Digest> {
  const created = new Date().toISOString();
  const { os, architecture, variant } = parts.platform;
  const config: ImageConfig = {
    created,
    comment: parts.comment,
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    config: parts.config,
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
    history: [{ created, comment: parts.comment }],
  };
  const bytes = Buffer.from(JSON.stringify(config));
  const id = digestOf(bytes);
  putBlob(paths, id, bytes);
  const image: ImageRecord = {
    id,
    repoTags: parts.name === undefined ? [] : [parts.name],
    repoDigests: [],
    layers: [layer.diffId],
    size: layer.size,
    created,
    lastTagTime: parts.name === undefined ? '0001-01-01T00:00:00Z' : created,
    os,
    architecture,
    ...(variant !== undefined && { variant }),
  };
  await updateImages(paths, images => ({ images: addImage(images, image), result: undefined }));
  return id;
}

function platformOf(text: string | undefined, arch: string): Platform {
  const host = hostPlatform(arch);
  const platform = text === undefined ? host : parsePlatform(text, host.architecture);
  if (platform.os === 'linux') return platform;
  throw new UserError('unsupported', 'UNSUPPORTED_OS', 'operating system is not supported');
}

interface Source {
  readonly stream: Readable;
  /** As the image's comment names it. */
  readonly name: string;
}

async function openSource(source: ImportOptions['source']): Promise<Source> {
  if (source.kind === 'stream') return { stream: source.stream, name: '-' };
  if (source.kind === 'file') return { stream: await openFile(source.path), name: '-' };
  return { stream: await download(source.url), name: source.url };
}

async function openFile(path: string): Promise<Readable> {
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw new UserError('invalid', 'IMPORT_SOURCE', `read ${path}: is a directory`);
    }
    return file.createReadStream();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const why: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied' };
    throw new UserError('invalid', 'IMPORT_SOURCE', `open ${path}: ${why[errnoOf(cause) ?? ''] ?? messageOf(cause)}`, { cause });
  }
}

async function download(url: string): Promise<Readable> {
  const response = await fetch(url).catch((cause: unknown) => {
    const reason = cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
    throw new UserError('unavailable', 'IMPORT_SOURCE', `cannot download ${url}: ${reason}`, { cause });
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new UserError('unavailable', 'IMPORT_SOURCE', `cannot download ${url}: the server answered ${response.status}`);
  }
  return Readable.fromWeb(response.body);
}
