import type { Readable } from 'node:stream';
import type { Digest } from '../../core/digest.ts';
import { layerExists, layerIds, readLayer } from '../../store/layers.ts';
import type { WorkerDeps } from '../../worker/index.ts';
import type { LayerSink } from './pull-target.ts';

/** What the image verbs need of the layers. */
export interface LayerStore extends LayerSink {
  /** Unpacks a tar (plain or compressed) as a layer without a parent and publishes it; its chain id is its diff id. */
  importLayer(tar: Readable): Promise<{ diffId: Digest; size: number }>;
  /** @throws UserError where the layer is not there or its record is damaged */
  read(chainId: Digest): { size: number };
  /** All layers that are there. */
  list(): Digest[];
  /** Removes these, and what killed writers left. */
  remove(chainIds: readonly Digest[]): Promise<void>;
}

/** The layers on the disk. Reading them is plain; what changes them loads the worker's client and starts workers in the user's namespace. */
export function openLayerStore(deps: WorkerDeps): LayerStore {
  const layers = async () => (await import('../../worker/index.ts')).layersOf(deps);
  return {
    exists: chainId => layerExists(deps.paths, chainId),
    withLayer: async (chainId, work) => (await layers()).withLayer(chainId, work),
    importLayer: async tar => (await layers()).importLayer(tar),
    read: chainId => readLayer(deps.paths, chainId),
    list: () => layerIds(deps.paths),
    remove: async chainIds => {
      const store = await layers();
      await store.removeLayers(chainIds);
      await store.removeLeftovers();
    },
  };
}
