import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyLayerOnto } from './copy-layer.ts';
import type { LayerDriver } from './driver.ts';

/** Plain copies: each container has all of its image's files. Slow and large, and works on every file system; only used when asked for. */
export const vfsDriver: LayerDriver = {
  name: 'vfs',
  mount: async ({ layers, storage }) => {
    const root = join(storage, 'root');
    if (!existsSync(root)) {
      const staged = join(storage, 'root.new');
      rmSync(staged, { recursive: true, force: true });
      mkdirSync(staged, { recursive: true, mode: 0o755 });
      for (const layer of layers) copyLayerOnto(layer, staged);
      renameSync(staged, root);
    }
    return { root, unmount: async () => {} };
  },
};
