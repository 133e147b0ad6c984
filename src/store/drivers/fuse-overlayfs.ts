import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, messageOf, UserError } from '../../core/errors.ts';
import type { LayerDriver } from './driver.ts';
import { linkLayers } from './layer-links.ts';
import { layersOrEmpty, mounted } from './overlay.ts';

/**
 * The same layers through FUSE, for kernels or file systems on which overlayfs can't be mounted. Its server ends by itself with the last
 * mount namespace that has the mount.
 */
export const fuseOverlayfsDriver: LayerDriver = {
  name: 'fuse-overlayfs',
  mount: async request => {
    if (request.storage.includes(':')) throw colonInPath(request.storage);
    const { execa } = await import('execa');
    const { folder, names } = linkLayers(request.storage, layersOrEmpty(request));
    const root = join(request.storage, 'merged');
    for (const name of ['upper', 'work', 'merged']) mkdirSync(join(request.storage, name), { recursive: true, mode: 0o755 });
    const options = `lowerdir=${names.join(':')},upperdir=../upper,workdir=../work`;
    try {
      await execa('fuse-overlayfs', ['-o', options, '../merged'], { cwd: folder, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
    } catch (cause) {
      throw failure(cause);
    }
    return mounted(root);
  },
};

/** It makes its upper folder's path absolute, then splits it at each colon, and knows no escape. */
function colonInPath(path: string): UserError {
  return new UserError('unsupported', 'COLON_IN_PATH', `fuse-overlayfs can't use ${path}: there is a colon in it`, {
    hint: 'name another place with --root, or use --storage-driver overlay or vfs',
  });
}

function failure(cause: unknown): UserError {
  if (errnoOf(cause) === 'ENOENT') {
    return new UserError(
      'external',
      'FUSE_OVERLAYFS_MISSING',
      'the storage driver fuse-overlayfs is asked for, and the program is not installed',
      {
        hint: 'sudo apt-get install fuse-overlayfs',
        cause,
      },
    );
  }
  return new UserError('external', 'MOUNT_FAILED', `fuse-overlayfs could not mount the container's root: ${messageOf(cause)}`, {
    hint: 'check that /dev/fuse is there and that you may open it: ls -l /dev/fuse',
    cause,
  });
}
