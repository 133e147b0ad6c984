import { check, libc } from './native.ts';

const dup2 = libc('int dup2(int from, int to)');

/** Makes descriptor `to` of this process the open file of `from`. */
export function redirect(from: number, to: number): void {
  check('dup2', dup2(from, to));
}
