import type { HostConfig } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import type { JoinedNamespaces } from './input.ts';
import type { OciNamespace, OciNamespaceType } from './types.ts';

/** Left out of the list, a namespace is the runtime's own: that is what `host` means. */
export function namespaces(host: HostConfig, join: JoinedNamespaces): OciNamespace[] {
  return [
    { type: 'mount' },
    ...one('user', host.UsernsMode === 'host' ? 'host' : join.user ? 'container:' : 'private', join.user),
    ...one('pid', host.PidMode, join.pid),
    ...one('ipc', host.IpcMode, join.ipc),
    ...one('network', host.NetworkMode, join.network),
    ...one('uts', host.UTSMode, undefined),
    ...one('cgroup', host.CgroupnsMode, undefined),
  ];
}

export function has(list: readonly OciNamespace[], type: OciNamespaceType): boolean {
  return list.some(namespace => namespace.type === type);
}

function one(type: OciNamespaceType, mode: string, path: string | undefined): OciNamespace[] {
  if (mode === 'host') return [];
  if (!mode.startsWith('container:')) return [{ type }];
  if (path === undefined)
    throw new UserError(
      'conflict',
      'NAMESPACE_NOT_RUNNING',
      `cannot join the ${type} namespace of a container that is not running: ${mode.slice(10)}`,
    );
  return [{ type, path }];
}
