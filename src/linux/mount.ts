import { check, cString, libc } from './native.ts';

const mountCall = libc(
  'int mount(const uint8_t *source, const uint8_t *target, const uint8_t *type, unsigned long flags, const uint8_t *data)',
);
const umount2 = libc('int umount2(const uint8_t *target, int flags)');

/** mount(2) flags. */
export const MountFlag = {
  readonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  bind: 4096,
  recursive: 16384,
  private: 1 << 18,
  slave: 1 << 19,
} as const;

const MNT_DETACH = 2;

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly flags?: number;
  /** Options of the file system, comma separated; the kernel takes at most one page (4,095 bytes). */
  readonly data?: string;
}

/** @throws system error of mount(2) */
export function mount(request: MountRequest): void {
  const { source, target, type, flags = 0, data = '' } = request;
  check('mount', mountCall(cString(source), cString(target), cString(type), flags, cString(data)), target);
}

/** Takes the mount out of this namespace at once; the kernel ends it with its last user. */
export function unmountLazily(target: string): void {
  check('umount2', umount2(cString(target), MNT_DETACH), target);
}
