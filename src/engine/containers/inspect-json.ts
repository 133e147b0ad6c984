import { basename } from 'node:path';
import type { ContainerRecord, ContainerState, HealthState } from '../../core/container.ts';
import { shortId } from '../../core/digest.ts';
import type { Paths } from '../../core/paths.ts';
import { containerPaths } from '../../core/paths.ts';
import type { NetworkAddresses } from '../../netns/index.ts';

export interface ContainerFacts {
  readonly record: ContainerRecord;
  readonly state: ContainerState;
  /** What the container's network gives it; null where it has none of its own, or does not run. */
  readonly addresses: NetworkAddresses | null;
  readonly sizes?: { readonly rw: number; readonly rootFs: number };
  readonly execIds: readonly string[] | null;
}

/** Docker's `GET /containers/{id}/json`. */
export function inspectJson(paths: Paths, facts: ContainerFacts): object {
  const { record, state } = facts;
  const files = containerPaths(paths, record.id);
  const [path = '', ...args] = commandLine(record);
  return {
    Id: record.id,
    Created: record.created,
    Path: path,
    Args: args,
    State: stateJson(state),
    Image: record.imageId,
    ResolvConfPath: `${files.etc}/resolv.conf`,
    HostnamePath: `${files.etc}/hostname`,
    HostsPath: `${files.etc}/hosts`,
    LogPath: record.hostConfig.LogConfig.Type === 'json-file' ? `${files.log}/container.log` : '',
    Name: `/${record.name}`,
    RestartCount: state.restartCount,
    Driver: record.driver,
    Platform: record.platform.split('/')[0],
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: facts.execIds,
    HostConfig: { ...unlimitedHost, ...record.hostConfig },
    GraphDriver: {
      Name: record.driver,
      Data: { UpperDir: `${files.storage}/upper`, WorkDir: `${files.storage}/work`, MergedDir: `${files.storage}/merged` },
    },
    ...(facts.sizes ? { SizeRw: facts.sizes.rw, SizeRootFs: facts.sizes.rootFs } : {}),
    Mounts: [],
    Config: record.config,
    NetworkSettings: networkJson(record, facts.addresses),
  };
}

/** What scripts read of a container without ports, volumes and limits; a record that names some wins. */
const unlimitedHost = {
  Binds: null,
  PortBindings: {},
  PublishAllPorts: false,
  VolumesFrom: null,
  VolumeDriver: '',
  Links: null,
  Memory: 0,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  NanoCpus: 0,
  CpuShares: 0,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpusetCpus: '',
  CpusetMems: '',
  BlkioWeight: 0,
  PidsLimit: null,
  OomKillDisable: null,
  Cgroup: '',
  CgroupParent: '',
  Isolation: '',
};

export function commandLine(record: ContainerRecord): string[] {
  return [...(record.config.Entrypoint ?? []), ...(record.config.Cmd ?? [])];
}

function stateJson(state: ContainerState): object {
  return {
    Status: state.status,
    // Docker counts one that waits for its restart as running: it is not to be started or removed.
    Running: state.status === 'running' || state.status === 'paused' || state.status === 'restarting',
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: state.oomKilled,
    Dead: state.status === 'dead',
    Pid: state.process?.pid ?? 0,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt ?? zeroTime,
    FinishedAt: state.finishedAt ?? zeroTime,
    ...(state.health ? { Health: healthJson(state.health) } : {}),
  };
}

/** Go's zero time, which docker shows for what has not happened. */
const zeroTime = '0001-01-01T00:00:00Z';

function healthJson(health: HealthState): object {
  return {
    Status: health.status,
    FailingStreak: health.failingStreak,
    Log: health.log.map(probe => ({ Start: probe.start, End: probe.end, ExitCode: probe.exitCode, Output: probe.output })),
  };
}

/** The mode's docker name: what `NetworkSettings.Networks` is keyed by. */
export function networkName(mode: string): string {
  return mode === 'default' ? 'bridge' : mode;
}

function networkJson(record: ContainerRecord, addresses: NetworkAddresses | null): object {
  const mode = record.hostConfig.NetworkMode;
  const endpoint = {
    IPAddress: addresses?.address ?? '',
    IPPrefixLen: addresses?.prefixLength ?? 0,
    Gateway: addresses?.gateway ?? '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPv6Gateway: '',
    MacAddress: '',
  };
  return {
    Ports: {},
    SandboxID: shortId(record.id),
    ...endpoint,
    Networks: mode.startsWith('container:')
      ? {}
      : {
          [networkName(mode)]: {
            IPAMConfig: null,
            Links: null,
            Aliases: null,
            NetworkID: '',
            EndpointID: '',
            ...endpoint,
            DriverOpts: null,
            DNSNames: null,
          },
        },
  };
}

/** `ps`'s COMMAND: the words joined, quoted as docker does. */
export function commandText(record: ContainerRecord): string {
  return commandLine(record)
    .map(word => (word.includes(' ') || word === '' ? `'${word}'` : word))
    .join(' ');
}

export function imageShown(record: ContainerRecord, imageHasName: boolean): string {
  return imageHasName ? record.config.Image : basename(shortId(record.imageId));
}
