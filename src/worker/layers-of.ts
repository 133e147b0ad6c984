import { LayerStore } from '../store/layers.ts';
import { removeTrees, runUnpack, type WorkerDeps } from './client.ts';

/** The user's layers, with workers in the user's namespace to unpack and remove them. */
export function layersOf(deps: WorkerDeps): LayerStore {
  return new LayerStore(deps.paths, {
    unpack: (blob, folder) => runUnpack(deps, blob, folder),
    removeTrees: paths => removeTrees(deps, paths),
  });
}
