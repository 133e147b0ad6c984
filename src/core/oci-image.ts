import * as v from 'valibot';
import { type Digest, isDigest } from './digest.ts';
import { Healthcheck } from './docker/config.ts';

/** OCI image-spec and docker v2 schema 2 documents, as far as we read them. Unknown keys are kept out on purpose. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export const DigestSchema = v.custom<Digest>(value => typeof value === 'string' && isDigest(value), 'expected a sha256 digest');

export const Descriptor = v.object({
  mediaType: v.string(),
  digest: DigestSchema,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  urls: v.optional(v.array(v.string())),
  annotations: v.optional(v.record(v.string(), v.string())),
});
export type Descriptor = v.InferOutput<typeof Descriptor>;

export const Platform = v.object({
  os: v.string(),
  architecture: v.string(),
  variant: v.optional(v.string()),
  'os.version': v.optional(v.string()),
});
export type Platform = v.InferOutput<typeof Platform>;

export const Manifest = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  config: Descriptor,
  layers: v.array(Descriptor),
});
export type Manifest = v.InferOutput<typeof Manifest>;

export const Index = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  manifests: v.array(v.object({ ...Descriptor.entries, platform: v.optional(Platform) })),
});
export type Index = v.InferOutput<typeof Index>;

const nullishList = <T extends v.GenericSchema>(item: T) => v.nullish(v.array(item));
const stringMap = v.nullish(v.record(v.string(), v.string()));

/** The part of an image's config that containers start from (`config` in the OCI image config). */
export const ImageRunConfig = v.object({
  User: v.nullish(v.string()),
  ExposedPorts: v.nullish(v.record(v.string(), v.object({}))),
  Env: nullishList(v.string()),
  Entrypoint: nullishList(v.string()),
  Cmd: nullishList(v.string()),
  Volumes: v.nullish(v.record(v.string(), v.object({}))),
  WorkingDir: v.nullish(v.string()),
  Labels: stringMap,
  StopSignal: v.nullish(v.string()),
  Shell: nullishList(v.string()),
  OnBuild: nullishList(v.string()),
  Healthcheck: v.nullish(Healthcheck),
});
export type ImageRunConfig = v.InferOutput<typeof ImageRunConfig>;

export const ImageConfig = v.object({
  created: v.nullish(v.string()),
  author: v.nullish(v.string()),
  /** Docker's own, beside the history's. */
  comment: v.nullish(v.string()),
  docker_version: v.nullish(v.string()),
  architecture: v.string(),
  variant: v.nullish(v.string()),
  os: v.string(),
  config: v.nullish(ImageRunConfig),
  rootfs: v.object({
    type: v.literal('layers'),
    diff_ids: v.array(DigestSchema),
  }),
  history: v.nullish(
    v.array(
      v.object({
        created: v.nullish(v.string()),
        created_by: v.nullish(v.string()),
        author: v.nullish(v.string()),
        comment: v.nullish(v.string()),
        empty_layer: v.nullish(v.boolean()),
      }),
    ),
  ),
});
export type ImageConfig = v.InferOutput<typeof ImageConfig>;
