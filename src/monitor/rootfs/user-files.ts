import { readFileInRoot } from '../../linux/open-in-root.ts';
import type { UserFiles } from '../../oci/index.ts';

/** Longest /etc/passwd or /etc/group of a container that is read, bytes. */
const MAX_USER_FILE = 1024 * 1024;

/** The container's own user database, whose links never lead out of its root; empty where it has none. */
export function readUserFiles(rootfs: string): UserFiles {
  const read = (path: string) => readFileInRoot(rootfs, path, MAX_USER_FILE)?.toString() ?? '';
  return { passwd: read('/etc/passwd'), group: read('/etc/group') };
}
