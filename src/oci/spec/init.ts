import { UserError } from '../../core/errors.ts';
import type { OciMount } from './types.ts';

export const initPath = '/sbin/docker-init';

/** The first program of docker's own, or one that does the same. `find` answers a program's absolute path or undefined. */
export function findInit(find: (name: string) => string | undefined): string {
  for (const name of ['docker-init', 'catatonit', 'tini-static', 'tini']) {
    const path = find(name);
    if (path !== undefined) return path;
  }
  throw new UserError('unavailable', 'INIT_NOT_FOUND', 'exec: "docker-init": executable file not found in $PATH', {
    hint: 'install a small init for --init: the package tini or catatonit',
  });
}

export function initMount(source: string): OciMount {
  return { destination: initPath, type: 'bind', source, options: ['bind', 'ro', 'nosuid', 'nodev'] };
}
