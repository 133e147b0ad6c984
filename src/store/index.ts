export { mountContainerRoot } from './container-root.ts';
export {
  addContainer,
  condemnContainer,
  containerByName,
  containerIds,
  leftovers,
  readContainer,
  readState,
  renameContainer,
  writeContainer,
  writeState,
} from './containers.ts';
export { chooseDriver } from './drivers/choose-driver.ts';
export { type DriverName, driverNames, type LayerDriver, layerDriver, type MountedRoot } from './drivers/index.ts';
export { findImage, holdImages, readImageConfig, readImages, requireImage } from './images.ts';
export { layerIds, readLayer } from './layers.ts';
export { withLock } from './locks.ts';
export { openRoot } from './open-root.ts';
export { readRecord, writeRecord } from './records.ts';
export { removeCondemned } from './remove-condemned.ts';
