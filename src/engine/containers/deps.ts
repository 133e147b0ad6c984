import type { ContainerRecord } from '../../core/container.ts';
import type { Digest } from '../../core/digest.ts';
import type { ProgressListener } from '../../core/events.ts';
import type { ImageConfig } from '../../core/oci-image.ts';
import type { Paths } from '../../core/paths.ts';
import type { HostCgroups, IdMaps } from '../../rootless/index.ts';
import type { EngineSettings } from '../configuration.ts';

/** An image as far as a container needs it. */
export interface ContainerImage {
  readonly id: Digest;
  readonly layers: readonly Digest[];
  readonly config: ImageConfig;
}

/** What container verbs ask of images. */
export interface ContainerImages {
  /** Pulls it where `pull` says so. @throws UserError `IMAGE_NOT_FOUND` when it is not there and not to be pulled */
  ensure(
    reference: string,
    options: { pull: 'always' | 'missing' | 'never'; platform?: string },
    progress: ProgressListener,
  ): Promise<void>;
  /** Runs `work` with the image, which can't be removed meanwhile. @throws UserError `IMAGE_NOT_FOUND` */
  use<T>(reference: string, work: (image: ContainerImage) => Promise<T>): Promise<T>;
  /** Bytes of all these layers together. */
  layersSize(layers: readonly Digest[]): number;
  /** The image that a reference means now: `ps` shows the id of a container's image that has lost its name. */
  idOf(reference: string): Digest | undefined;
  /** A container of this image is gone: where the image went before it, its layers go now. */
  release(id: Digest): Promise<void>;
}

/** What container verbs share; the parts that cost something are functions, called where they are needed. */
export interface ContainerDeps {
  readonly paths: Paths;
  readonly settings: EngineSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  maps(): IdMaps;
  cgroups(): HostCgroups;
  /** The driver for new containers. */
  driver(): Promise<ContainerRecord['driver']>;
  readonly images: ContainerImages;
}
