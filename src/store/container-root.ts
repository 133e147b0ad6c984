import { join } from 'node:path';
import type { ContainerRecord } from '../core/container.ts';
import { hexOf } from '../core/digest.ts';
import { containerPaths, type Paths } from '../core/paths.ts';
import { layerDriver, type MountedRoot } from './drivers/index.ts';

/** Mounts a container's writable root over its image's layers, with the driver it was created with. */
export function mountContainerRoot(paths: Paths, record: ContainerRecord): Promise<MountedRoot> {
  return layerDriver(record.driver).mount({
    layers: record.layers.map(chainId => join(paths.root, 'layers', hexOf(chainId), 'diff')),
    storage: containerPaths(paths, record.id).storage,
    disposable: record.hostConfig.AutoRemove,
  });
}
