import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import { buildInfo } from '../../core/build-info.ts';
import { errnoOf, UserError } from '../../core/errors.ts';
import { hostCgroups } from '../../rootless/index.ts';
import { containerIds, readState } from '../../store/containers.ts';
import type { EngineSettings } from '../configuration.ts';
import type { FoundRuntime } from './runtimes.ts';

export interface InfoSources {
  readonly settings: EngineSettings;
  readonly runtimes: readonly FoundRuntime[];
  countImages(): Promise<number>;
  /** The driver that new containers get, and what is worth telling of it, as docker's DriverStatus. */
  storageDriver(): Promise<{ readonly name: string; readonly status: readonly (readonly [string, string])[] }>;
  /** What the user should know about this machine, one sentence each. */
  readonly warnings: readonly string[];
}

const loopback = ['127.0.0.0/8', '::1/128'];
const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Docker's `GET /info`. What we do not have (swarm, plugins) is told as absent. */
export async function systemInfo(sources: InfoSources): Promise<object> {
  const { settings, runtimes } = sources;
  const driver = await sources.storageDriver();
  const system = osRelease();
  const registries = settings.insecureRegistries;
  return {
    ID: machineId(),
    ...containerCounts(settings),
    Images: await sources.countImages(),
    Driver: driver.name,
    DriverStatus: driver.status,
    Plugins: { Volume: [], Network: ['none', 'host'], Authorization: null, Log: ['json-file', 'local', 'none'] },
    MemoryLimit: false,
    SwapLimit: false,
    CpuCfsPeriod: false,
    CpuCfsQuota: false,
    CPUShares: false,
    CPUSet: false,
    PidsLimit: false,
    IPv4Forwarding: true,
    Debug: settings.logLevel === 'debug',
    SystemTime: new Date().toISOString(),
    LoggingDriver: settings.logDriver,
    ...cgroups(),
    KernelVersion: release(),
    OperatingSystem: system.PRETTY_NAME ?? 'Linux',
    OSVersion: system.VERSION_ID ?? '',
    OSType: process.platform,
    Architecture: machines[arch()] ?? arch(),
    NCPU: cpus().length,
    MemTotal: totalmem(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: [...loopback, ...registries.filter(isCidr)],
      IndexConfigs: Object.fromEntries(registries.filter(name => !isCidr(name)).map(indexConfig)),
      Mirrors: settings.registryMirrors,
    },
    DockerRootDir: settings.paths.root,
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: buildInfo.version,
    Runtimes: Object.fromEntries(runtimes.map(({ name, path }) => [name, { path }])),
    DefaultRuntime: runtimes[0]?.name ?? '',
    Swarm: { LocalNodeState: 'inactive', NodeID: '', NodeAddr: '', ControlAvailable: false, Error: '', RemoteManagers: null },
    LiveRestoreEnabled: true,
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'],
    Warnings: sources.warnings,
  };
}

/** Counted from the state files; one that is being made or removed, or that can't be read, is no reason to fail. */
function containerCounts({ paths }: EngineSettings) {
  const counts = { Containers: 0, ContainersRunning: 0, ContainersPaused: 0, ContainersStopped: 0 };
  for (const id of containerIds(paths)) {
    const status = statusOf(() => readState(paths, id).status);
    if (status === undefined) continue;
    counts.Containers += 1;
    if (status === 'running' || status === 'restarting') counts.ContainersRunning += 1;
    else if (status === 'paused') counts.ContainersPaused += 1;
    else counts.ContainersStopped += 1;
  }
  return counts;
}

function statusOf(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError || errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function cgroups() {
  const host = hostCgroups();
  return {
    CgroupDriver: host.kind,
    CgroupVersion: host.kind === 'none' ? String(host.version) : '2',
  };
}

/** os-release(5) of the host. */
function osRelease(): Readonly<Record<string, string>> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = readIfThere(path);
    if (text === undefined) continue;
    const lines = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)];
    return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]));
  }
  return {};
}

function machineId(): string {
  return readIfThere('/etc/machine-id')?.trim() ?? '';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES') return undefined;
    throw error;
  }
}

function isCidr(name: string): boolean {
  return /^[\da-f.:]+\/\d+$/i.test(name);
}

function indexConfig(name: string): [string, object] {
  return [name, { Name: name, Mirrors: [], Secure: false, Official: false }];
}
