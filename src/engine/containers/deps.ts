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

/** What container verbs share; the parts that cost something are functions, called where they are needed. */
export interface ContainerDeps {
  readonly paths: Paths;
  readonly settings: EngineSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  maps(): IdMaps;
  cgroups(): HostCgroups;
  /** The driver for new containers. */
  driver(): Promise<ContainerRecord['driver']>;
  /** Finds the image, pulling it as `pull` says. @throws UserError `IMAGE_NOT_FOUND` */
  image(
    reference: string,
    options: { pull: 'always' | 'missing' | 'never'; platform?: string },
    progress: ProgressListener,
  ): Promise<ContainerImage>;
  /** Bytes of all these layers together. */
  layersSize(layers: readonly Digest[]): number;
  /** Which image each name means now: `ps` shows the id of a container's image that has lost its name. */
  imageNames(): ReadonlyMap<string, Digest>;
}
