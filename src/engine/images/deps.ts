import type { Digest } from '../../core/digest.ts';
import type { Paths } from '../../core/paths.ts';
import type { RegistryOptions } from '../../registry/index.ts';
import type { LayerStore } from './layer-store.ts';

/** A container, as far as images are concerned. */
export interface ImageUser {
  readonly id: string;
  readonly name: string;
  readonly imageId: Digest;
  readonly layers: readonly Digest[];
  /** Running, paused or restarting. */
  readonly running: boolean;
}

export interface ImagesDeps {
  readonly paths: Paths;
  readonly layers: LayerStore;
  /** Made when something is pulled: loading the client costs milliseconds that no other verb has to pay. */
  readonly registry: () => Promise<RegistryOptions>;
  /** Node's name of the processor, `process.arch`. */
  readonly arch: string;
  /** All containers now. Called while images.lock is held: must not take it. Throws where a record can't be read. */
  readonly containers: () => readonly ImageUser[];
}
