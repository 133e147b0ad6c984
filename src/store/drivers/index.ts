import type { DriverName, LayerDriver } from './driver.ts';
import { fuseOverlayfsDriver } from './fuse-overlayfs.ts';
import { overlayDriver } from './overlay.ts';
import { vfsDriver } from './vfs.ts';

export { type DriverName, driverNames, type LayerDriver, type MountedRoot } from './driver.ts';

const drivers: Readonly<Record<DriverName, LayerDriver>> = {
  overlay: overlayDriver,
  'fuse-overlayfs': fuseOverlayfsDriver,
  vfs: vfsDriver,
};

export function layerDriver(name: DriverName): LayerDriver {
  return drivers[name];
}
