import { statSync } from 'node:fs';

/** `--userns host`: the process is in our own user namespace, which setns(2) refuses to enter again (EINVAL). */
export function sharesUserNamespace(pid: number): boolean {
  return statSync(`/proc/${pid}/ns/user`).ino === statSync('/proc/self/ns/user').ino;
}
