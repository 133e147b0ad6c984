import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';
import { mount, unmountLazily } from '../../linux/mount.ts';
import type { LayerDriver, MountedRoot, RootRequest } from './driver.ts';
import { linkLayers } from './layer-links.ts';

/**
 * The kernel's own overlayfs, which a user namespace may mount since Linux 5.11 with `userxattr` (overlayfs.rst, "User xattr"). Ending such a
 * mount writes the whole file system of its upper folder to the disk, 50 ms and more, unless it is `volatile` (5.10).
 */
export const overlayDriver: LayerDriver = {
  name: 'overlay',
  mount: async request => {
    const { folder, names } = linkLayers(request.storage, layersOrEmpty(request));
    const root = join(request.storage, 'merged');
    for (const name of ['upper', 'work', 'merged']) mkdirSync(join(request.storage, name), { recursive: true, mode: 0o755 });
    // Relative names also keep a `:` or `,` in the user's paths out of the options, where they would need escapes.
    const data = `lowerdir=${names.join(':')},upperdir=../upper,workdir=../work,userxattr${request.disposable ? ',volatile' : ''}`;
    // The kernel's own mark that an upper folder was mounted so, which stops a second mount: a restart is one.
    if (request.disposable) rmSync(join(request.storage, 'work/work/incompat'), { recursive: true, force: true });
    // The one way to give mount(2) relative names; a monitor's own working folder is always the root.
    process.chdir(folder);
    try {
      mount({ source: 'overlay', target: '../merged', type: 'overlay', data });
    } catch (cause) {
      throw new UserError('external', 'MOUNT_FAILED', `overlayfs could not mount the container's root: ${messageOf(cause)}`, {
        hint: 'tsdocker --storage-driver fuse-overlayfs … uses a driver that needs less of the kernel',
        cause,
      });
    } finally {
      process.chdir('/');
    }
    return mounted(root);
  },
};

/** overlayfs wants at least one lower folder, also for an image without layers. */
export function layersOrEmpty({ layers, storage }: RootRequest): readonly string[] {
  if (layers.length > 0) return layers;
  const empty = join(storage, 'empty');
  mkdirSync(empty, { recursive: true, mode: 0o755 });
  return [empty];
}

export function mounted(root: string): MountedRoot {
  let isMounted = true;
  return {
    root,
    unmount: async () => {
      if (isMounted) unmountLazily(root);
      isMounted = false;
    },
  };
}
