import { closeSync, lstatSync, mkdirSync, openSync, rmSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';

const folders = ['proc', 'sys', 'dev', 'etc'];
const files = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf'];

/**
 * Makes what the runtime mounts over real folders and files, as docker's init layer does: an image may lack them, or have links in their
 * place, which older runtimes would follow out of the root. Nothing is written where the image is in order.
 * The container does not run yet, so nobody races with us; its own links are never followed.
 */
export function prepareMountPoints(root: string): void {
  for (const name of folders) {
    const path = join(root, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) continue;
    if (found && name === 'etc') throw badEtc();
    replace(path, found);
    mkdirSync(path, 0o755);
  }
  for (const name of files) {
    const path = join(root, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile()) continue;
    replace(path, found);
    closeSync(openSync(path, 'wx', 0o644));
  }
}

function replace(path: string, found: Stats | undefined): void {
  if (found) rmSync(path, { recursive: true });
}

function badEtc(): UserError {
  return new UserError('invalid', 'IMAGE_ROOT_INVALID', 'the image can not run: its /etc is not a folder');
}
