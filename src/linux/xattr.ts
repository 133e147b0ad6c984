import { check, cString, failedWith, libc } from './native.ts';

const lsetxattr = libc('int lsetxattr(const uint8_t *path, const uint8_t *name, const void *value, size_t size, int flags)');
const lgetxattr = libc('long lgetxattr(const uint8_t *path, const uint8_t *name, void *value, size_t size)');
const llistxattr = libc('long llistxattr(const uint8_t *path, void *list, size_t size)');

/** XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel. */
const MAX_SIZE = 65536;

type PathBytes = string | Uint8Array;

/** Sets it on the path itself, not on what a link points to. */
export function setXattr(path: PathBytes, name: PathBytes, value: Uint8Array): void {
  check('lsetxattr', lsetxattr(cString(path), cString(name), value, value.length, 0), path);
}

/** undefined where the attribute or the file system's support for it is missing. */
export function getXattr(path: PathBytes, name: PathBytes): Buffer | undefined {
  const value = Buffer.alloc(MAX_SIZE);
  const size = lgetxattr(cString(path), cString(name), value, value.length);
  if (size < 0 && (failedWith('ENODATA') || failedWith('EOPNOTSUPP'))) return undefined;
  return value.subarray(0, check('lgetxattr', size, path));
}

/** Names of all attributes; empty where the file system has none. */
export function listXattrs(path: PathBytes): string[] {
  const list = Buffer.alloc(MAX_SIZE);
  const size = llistxattr(cString(path), list, list.length);
  if (size < 0 && failedWith('EOPNOTSUPP')) return [];
  return list
    .subarray(0, check('llistxattr', size, path))
    .toString()
    .split('\0')
    .filter(Boolean);
}
