export { killProcess, removeTrees, runUnpack, treeSize, type WorkerDeps } from './client.ts';
export { layersOf } from './layers-of.ts';
export { runWorker } from './run-worker.ts';
