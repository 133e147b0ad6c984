import * as v from 'valibot';
import { Descriptor, DigestSchema } from './oci-image.ts';

/** One image in `images.json`. */
export const ImageRecord = v.object({
  /** Digest of the config blob: docker's image id. */
  id: DigestSchema,
  /** The manifest it was pulled with, kept as a blob; absent for images made here. */
  manifest: v.optional(Descriptor),
  /** Full names, e.g. `docker.io/library/busybox:latest`. */
  repoTags: v.array(v.string()),
  /** Full names with digest, e.g. `docker.io/library/busybox@sha256:…` (the index's digest where there was one). */
  repoDigests: v.array(v.string()),
  /** Chain ids, lowest layer first; equal in number to the config's diff_ids. */
  layers: v.array(DigestSchema),
  /** Unpacked size of all layers, bytes. */
  size: v.number(),
  /** The config's creation time, RFC 3339, or the epoch when it has none. */
  created: v.string(),
  /** When the last tag was set, RFC 3339. */
  lastTagTime: v.string(),
  os: v.string(),
  architecture: v.string(),
  variant: v.optional(v.string()),
});
export type ImageRecord = v.InferOutput<typeof ImageRecord>;

export const ImagesFile = v.object({
  version: v.literal(1),
  images: v.array(ImageRecord),
});
export type ImagesFile = v.InferOutput<typeof ImagesFile>;
