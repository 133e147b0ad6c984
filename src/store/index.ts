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
export { type DriverName, driverNames, type LayerDriver, layerDriver, type MountedRoot } from './drivers/index.ts';
export { withLock } from './locks.ts';
export { readRecord, writeRecord } from './records.ts';
export { removeCondemned } from './remove-condemned.ts';
