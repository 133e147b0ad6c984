import { mount } from '../../linux/mount.ts';

/**
 * Mounts a cgroup2 of our own over /sys/fs/cgroup, in this process's mount namespace only: crun refuses to start on a host whose cgroups
 * are hybrid or v1, and needs no more than the sight of a v2 mount when no limit is asked for. Allowed because this process has a cgroup
 * namespace that belongs to its user namespace (cgroup_namespaces(7)).
 */
export function mountOwnCgroupView(): void {
  mount({ source: 'none', target: '/sys/fs/cgroup', type: 'cgroup2' });
}
