import * as v from 'valibot';
import type { Digest } from '../../core/digest.ts';
import { UserError } from '../../core/errors.ts';
import type { ProgressListener } from '../../core/events.ts';
import { type Descriptor, ImageConfig, type Manifest, mediaTypes, type Platform } from '../../core/oci-image.ts';
import { familiarReference, fullName, fullReference, type Reference } from '../../core/reference.ts';
import {
  type FetchedDocument,
  fetchManifest,
  fetchSmallBlob,
  formatPlatform,
  hostPlatform,
  parsePlatform,
  type RegistryOptions,
  Repository,
  satisfies,
  selectManifest,
} from '../../registry/index.ts';
import { planLayers, pullLayers } from './pull-layers.ts';
import type { PulledImage, PullTarget } from './pull-target.ts';

export interface PullDeps {
  readonly target: PullTarget;
  readonly registry: RegistryOptions;
  /** Node's name of the processor, `process.arch`. */
  readonly arch: string;
}

export interface PullImageOptions {
  /** `os[/arch[/variant]]`; without it the machine's own. */
  readonly platform?: string;
  /** Stops the pull at once; its reason is thrown. Nothing half-done stays visible. */
  readonly signal?: AbortSignal;
}

export interface PullResult {
  /** `docker.io/library/busybox:latest` */
  readonly reference: string;
  /** The image's id. */
  readonly id: Digest;
  /** Of the manifest or index that the reference names. */
  readonly digest: Digest;
  /** The tag named this image before, and all was there. */
  readonly upToDate: boolean;
}

interface ResolvedImage {
  /** Of what the reference names: the index where there is one. */
  readonly digest: Digest;
  readonly manifest: Manifest;
  readonly document: FetchedDocument;
  readonly configBytes: Buffer;
  readonly config: ImageConfig;
}

/**
 * Brings an image from its registry into the store. `reference` has a tag or a digest (core/reference's `parseReference`).
 * @throws UserError of the registry (see registry/), `INVALID_IMAGE`, `DIFF_ID_MISMATCH`, `FOREIGN_LAYER`, or of the target
 */
export async function pullImage(
  deps: PullDeps,
  reference: Reference,
  options: PullImageOptions,
  progress: ProgressListener,
): Promise<PullResult> {
  const signal = options.signal ?? new AbortController().signal;
  const platform =
    options.platform === undefined ? hostPlatform(deps.arch) : parsePlatform(options.platform, hostPlatform(deps.arch).architecture);
  const repository = new Repository(reference, deps.registry);
  try {
    const image = await resolve(repository, platform, signal, progress);
    if (options.platform !== undefined) warnOfOtherPlatform(image, platform, reference, progress);
    const upToDate = await store(deps.target, repository, image, signal, progress);
    const { digest } = image;
    const full = fullReference(reference);
    progress({ type: 'pull.done', reference: full, digest, upToDate });
    const id = image.manifest.config.digest;
    return { reference: full, id, digest, upToDate };
  } finally {
    repository.close();
  }
}

async function resolve(
  repository: Repository,
  platform: Platform,
  signal: AbortSignal,
  progress: ProgressListener,
): Promise<ResolvedImage> {
  const { reference } = repository;
  const named = await fetchManifest(repository, reference.digest ?? reference.tag ?? 'latest', signal);
  progress({
    type: 'pull.start',
    reference: fullReference(reference),
    domain: reference.domain,
  });
  const document =
    named.kind === 'manifest' ? named : await fetchManifest(repository, selectManifest(named.index, platform).digest, signal);
  if (document.kind === 'index') throw invalidImage(reference, 'its index names another index');
  const { manifest } = document;
  refuseForeignLayers(manifest.layers);
  const configBytes = await fetchSmallBlob(repository, manifest.config, signal);
  const config = parseConfig(reference, configBytes, manifest);
  return { digest: named.digest, manifest, document, configBytes, config };
}

/** Layers that may only be had from elsewhere: an image must not lead us, or our credentials, to other hosts. */
function refuseForeignLayers(layers: readonly Descriptor[]): void {
  const foreign = layers.find(({ mediaType, urls }) => (urls?.length ?? 0) > 0 || /foreign|nondistributable/.test(mediaType));
  if (foreign !== undefined)
    throw new UserError(
      'unsupported',
      'FOREIGN_LAYER',
      `layer ${foreign.digest} is a foreign layer, to be fetched from outside the registry: this is not supported`,
    );
}

function parseConfig(reference: Reference, bytes: Buffer, manifest: Manifest): ImageConfig {
  const parsed = v.safeParse(ImageConfig, parseJson(bytes));
  if (!parsed.success) throw notAnImage(reference, manifest.config.mediaType);
  const config = parsed.output;
  const { length } = config.rootfs.diff_ids;
  if (length !== manifest.layers.length)
    throw invalidImage(reference, `it has ${manifest.layers.length} layers, and its config names ${length}`);
  if (config.os === 'linux') return config;
  throw new UserError(
    'unsupported',
    'UNSUPPORTED_OS',
    `image operating system ${JSON.stringify(config.os.slice(0, 40))} cannot be used on this platform`,
  );
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Answers whether nothing was new. The record comes last: an image is listed only when all of it is there. */
async function store(
  { layers, images }: PullTarget,
  repository: Repository,
  image: ResolvedImage,
  signal: AbortSignal,
  progress: ProgressListener,
): Promise<boolean> {
  const { manifest, document, config, configBytes } = image;
  const plans = planLayers(manifest.layers, config.rootfs.diff_ids);
  const known = (await images.find(manifest.config.digest)) !== undefined;
  const downloaded = await pullLayers(repository, layers, plans, signal, known ? withoutExisting(progress) : progress);
  const record = describe(
    repository.reference,
    image,
    plans.map(({ chainId }) => chainId),
  );
  const [name = ''] = [...record.repoTags, ...record.repoDigests];
  const before = await images.find(name);
  await images.putBlob(manifest.config.digest, configBytes);
  await images.putBlob(document.digest, document.bytes);
  await images.record(record);
  return downloaded === 0 && before === record.id;
}

/** Of an image that is there docker tells no layers: only those that had to be brought again are news. */
function withoutExisting(progress: ProgressListener): ProgressListener {
  return event => {
    if (event.type !== 'pull.layer' || event.status !== 'exists') progress(event);
  };
}

function describe(reference: Reference, { manifest, document, config, digest }: ResolvedImage, layers: Digest[]): PulledImage {
  const name = fullName(reference);
  return {
    id: manifest.config.digest,
    manifest: {
      mediaType: document.mediaType,
      digest: document.digest,
      size: document.bytes.length,
    },
    // With a digest the tag was not asked of the registry, so it is not set, as in docker.
    repoTags: reference.digest === undefined && reference.tag !== undefined ? [`${name}:${reference.tag}`] : [],
    repoDigests: [`${name}@${digest}`],
    layers,
    created: config.created ?? '1970-01-01T00:00:00Z',
    os: config.os,
    architecture: config.architecture,
    ...(config.variant && { variant: config.variant }),
  };
}

function warnOfOtherPlatform({ config }: ResolvedImage, wanted: Platform, reference: Reference, progress: ProgressListener): void {
  const { os, architecture, variant } = config;
  const actual = { os, architecture, ...(variant && { variant }) };
  if (satisfies(actual, wanted)) return;
  progress({
    type: 'warning',
    message: `image ${familiarReference(reference)} was pulled for platform ${formatPlatform(wanted)}, but its config says ${formatPlatform(actual)}`,
  });
}

/** Registries hold charts, signatures and modules as well, which look like images up to here. */
function notAnImage(reference: Reference, configType: string): UserError {
  if (configType === mediaTypes.ociConfig || configType === mediaTypes.dockerConfig)
    return invalidImage(reference, 'its config is not a valid image config');
  const type = JSON.stringify(configType.slice(0, 100));
  return new UserError(
    'unsupported',
    'NOT_AN_IMAGE',
    `${familiarReference(reference)} is not a container image: its config is of type ${type}`,
  );
}

function invalidImage(reference: Reference, why: string): UserError {
  return new UserError('external', 'INVALID_IMAGE', `${familiarReference(reference)} is not a valid image: ${why}`);
}
