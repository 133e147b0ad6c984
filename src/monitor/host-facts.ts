import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import type { CgroupMode, HostFacts, IdMap } from '../oci/index.ts';
import type { MonitorSetup } from './setup.ts';
import { usableDevices } from './usable-devices.ts';

/** What the runtime configuration depends on and only this process, inside U, can see. */
export function readHostFacts(cgroup: CgroupMode, privileged: boolean): HostFacts {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return {
    arch: process.arch,
    kernel: [major, minor],
    cgroup,
    apparmor:
      existsSync('/sys/module/apparmor/parameters/enabled') &&
      readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y'),
    selinux: existsSync('/sys/fs/selinux/enforce'),
    mqueue: existsSync('/dev/mqueue'),
    cpus: availableParallelism(),
    devices: privileged ? usableDevices() : [],
    hardLimits: hardLimits(),
    oomScoreAdj: Number(readFileSync('/proc/self/oom_score_adj', 'utf8')),
  };
}

/** The container's own cgroup, below the delegated parent. */
export function cgroupModeFor(id: string, cgroups: MonitorSetup['cgroups']): CgroupMode {
  switch (cgroups.kind) {
    case 'none':
      return { kind: 'none' };
    case 'cgroupfs':
      return { kind: 'cgroupfs', path: `${cgroups.parent === '/' ? '' : cgroups.parent}/tsdocker-${id}` };
  }
}

/** This process's own map, which is U's. */
export function readIdMaps(): { uids: IdMap[]; gids: IdMap[] } {
  return { uids: readMap('/proc/self/uid_map'), gids: readMap('/proc/self/gid_map') };
}

function readMap(path: string): IdMap[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const [containerId = 0, hostId = 0, size = 0] = line.trim().split(/\s+/).map(Number);
      return { containerId, hostId, size };
    });
}

/** Lines of /proc/self/limits and docker's names for them. */
const limitNames: Readonly<Record<string, string>> = {
  'Max cpu time': 'cpu',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max stack size': 'stack',
  'Max core file size': 'core',
  'Max resident set': 'rss',
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max locked memory': 'memlock',
  'Max file locks': 'locks',
  'Max pending signals': 'sigpending',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
};

function hardLimits(): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const line of readFileSync('/proc/self/limits', 'utf8').split('\n')) {
    const name = limitNames[line.slice(0, 26).trim()];
    const hard = line.slice(26).trim().split(/\s+/)[1];
    if (name !== undefined && hard !== undefined) limits[name] = hard === 'unlimited' ? -1 : Number(hard);
  }
  return limits;
}
