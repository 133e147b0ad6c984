import type { Readable } from 'node:stream';
import type { Digest } from '../../core/digest.ts';
import type { LayerSink } from './pull-target.ts';

/** What the image verbs need of the layers; layer-store's real one lies over store/layers.ts and the worker. */
export interface LayerStore extends LayerSink {
  /** Unpacks a tar (plain or compressed) as a layer without a parent and publishes it; its chain id is its diff id. */
  importLayer(tar: Readable): Promise<{ diffId: Digest; size: number }>;
  /** @throws UserError where the layer is not there or its record is damaged */
  read(chainId: Digest): { size: number; driver: string };
  /** All layers that are there. */
  list(): Digest[];
  remove(chainIds: readonly Digest[]): Promise<void>;
}
