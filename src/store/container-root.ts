import type { ContainerRecord } from '../core/container.ts';
import { containerPaths, type Paths } from '../core/paths.ts';
import { layerDriver, type MountedRoot } from './drivers/index.ts';
import { layerDiffPath } from './layers.ts';

/** Mounts a container's writable root over its image's layers, with the driver it was created with. */
export function mountContainerRoot(paths: Paths, record: ContainerRecord): Promise<MountedRoot> {
  return layerDriver(record.driver).mount({
    layers: record.layers.map(chainId => layerDiffPath(paths, chainId)),
    storage: containerPaths(paths, record.id).storage,
    disposable: record.hostConfig.AutoRemove,
  });
}
