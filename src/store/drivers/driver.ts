export type DriverName = 'overlay' | 'fuse-overlayfs' | 'vfs';

export const driverNames: readonly DriverName[] = ['overlay', 'fuse-overlayfs', 'vfs'];

export interface RootRequest {
  /** Absolute paths of the layers' diff folders, lowest first; each holds overlayfs's own form of whiteouts and opaque folders. */
  readonly layers: readonly string[];
  /** The container's private folder for what the driver keeps: the same at each start. */
  readonly storage: string;
  /** What is written need not outlive a power cut: the container goes with its process. */
  readonly disposable: boolean;
}

export interface MountedRoot {
  /** Absolute path of the writable root. */
  readonly root: string;
  /** May be called twice. */
  unmount(): Promise<void>;
}

/**
 * How layers become a container's root. Runs inside U in a mount namespace of the caller's own, so that a mount ends with its last user
 * even when nobody unmounts it.
 */
export interface LayerDriver {
  readonly name: DriverName;
  /** @throws UserError `MOUNT_FAILED` */
  mount(request: RootRequest): Promise<MountedRoot>;
}
