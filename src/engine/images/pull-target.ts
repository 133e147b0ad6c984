import type { Readable } from 'node:stream';
import type { Digest } from '../../core/digest.ts';
import type { ImageRecord } from '../../core/image.ts';
import type { Descriptor } from '../../core/oci-image.ts';

/** Where pulled layers go. */
export interface LayerSink {
  /** Whether the layer is whole; once it is, it stays for as long as the pull goes on. */
  exists(chainId: Digest): boolean;
  /**
   * Held kernel lock on that layer; another puller waits here. Answers 'exists' when the layer is (or has become) whole.
   */
  withLayer<T>(chainId: Digest, work: (writer: LayerWriter | 'exists') => Promise<T>): Promise<T>;
}

export interface LayerWriter {
  /**
   * Unpacks a (gzip/zstd/plain, told by magic) tar stream. Resolves with what was unpacked; nothing is visible until publish().
   */
  unpack(blob: Readable): Promise<{ diffId: Digest; size: number }>;
  publish(meta: { diffId: Digest; parent: Digest | null; blob: { digest: Digest; size: number; mediaType: string } }): Promise<void>;
  abandon(): Promise<void>;
}

/** What a pull knows of an image when all its layers are there. */
export type PulledImage = Omit<ImageRecord, 'size' | 'lastTagTime' | 'manifest'> & {
  readonly manifest: Descriptor;
};

/** Where pulled images are recorded. */
export interface ImageSink {
  /** The id of the image with this full name, with tag or digest, or with this id, if any. */
  find(name: string): Promise<Digest | undefined>;
  /** Keeps a small document (manifest, config) whose digest was checked; may be called for one that is there. */
  putBlob(digest: Digest, bytes: Buffer): Promise<void>;
  /**
   * Adds the image, or its names to the one with the same id; a tag moves here from any other image. Done in one step, after
   * which the image can be used.
   */
  record(image: PulledImage): Promise<void>;
}

export interface PullTarget {
  readonly layers: LayerSink;
  readonly images: ImageSink;
}
