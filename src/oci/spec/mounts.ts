import { deviceMounts } from './devices.ts';
import { initMount } from './init.ts';
import type { SpecInput } from './input.ts';
import { has } from './namespaces.ts';
import type { OciMount, OciNamespace } from './types.ts';

/** In the order in which they are made: what lies below another comes after it. */
export function buildMounts(input: SpecInput, list: readonly OciNamespace[]): OciMount[] {
  const { hostConfig } = input.record;
  return [
    has(list, 'pid')
      ? { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] }
      : bindOf('/proc', 'rw'),
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'].slice(0, ptsOptions(input)),
    },
    ...sysMounts(input, list),
    ...mqueue(input, list),
    ...shm(input, list),
    ...etc(input),
    ...deviceMounts(input),
    ...Object.entries(hostConfig.Tmpfs).map(([destination, options]) => tmpfs(destination, options)),
    ...(input.mounts ?? []),
    ...(input.init === undefined ? [] : [initMount(input.init)]),
  ];
}

/** Group 5 (tty) owns terminals, where the namespace has it at all: with a single id the mount would fail. */
function ptsOptions({ idMaps }: SpecInput): number {
  return idMaps.gids.some(line => line.containerId <= 5 && 5 < line.containerId + line.size) ? 6 : 5;
}

/** The kernel lets only the owner of the network namespace mount a sysfs: with the host's, its /sys is bound instead. */
function sysMounts({ record: { hostConfig } }: SpecInput, list: readonly OciNamespace[]): OciMount[] {
  const access = hostConfig.Privileged ? 'rw' : 'ro';
  const cgroup: OciMount = {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', access],
  };
  if (!has(list, 'network')) return [bindOf('/sys', access), ...(has(list, 'cgroup') ? [cgroup] : [])];
  const sysfs: OciMount = { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', access] };
  return [sysfs, has(list, 'cgroup') ? cgroup : bindOf('/sys/fs/cgroup', access)];
}

function mqueue({ host }: SpecInput, list: readonly OciNamespace[]): OciMount[] {
  if (has(list, 'ipc')) return [{ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] }];
  return host.mqueue ? [bindOf('/dev/mqueue', 'rw')] : [];
}

function bindOf(path: string, access: string): OciMount {
  return { destination: path, type: 'bind', source: path, options: ['rbind', 'nosuid', 'noexec', 'nodev', access] };
}

function shm({ record: { hostConfig } }: SpecInput, list: readonly OciNamespace[]): OciMount[] {
  if (hostConfig.IpcMode === 'none') return [];
  if (!has(list, 'ipc')) return [bindOf('/dev/shm', 'rw')];
  return [
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${hostConfig.ShmSize}`],
    },
  ];
}

function etc({ etcFiles, record: { hostConfig } }: SpecInput): OciMount[] {
  const access = hostConfig.ReadonlyRootfs ? ['ro'] : [];
  const files = [
    ['/etc/resolv.conf', etcFiles.resolvConf],
    ['/etc/hostname', etcFiles.hostname],
    ['/etc/hosts', etcFiles.hosts],
  ] as const;
  return files.map(([destination, source]) => ({ destination, type: 'bind', source, options: ['rbind', 'rprivate', ...access] }));
}

/** Docker's defaults come first: of two options that contradict each other the later one counts. */
function tmpfs(destination: string, options: string): OciMount {
  return {
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['noexec', 'nosuid', 'nodev', ...options.split(',').filter(option => option !== '')],
  };
}
