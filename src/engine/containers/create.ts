import { hostname } from 'node:os';
import { type ContainerRecord, initialState } from '../../core/container.ts';
import { defaultHostConfig, type HostConfig } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import type { ProgressListener } from '../../core/events.ts';
import { signalNumber } from '../../core/signals.ts';
import { randomHex } from '../../linux/random.ts';
import { parseLogOptions } from '../../monitor/index.ts';
import { singleIdAdvice } from '../../rootless/index.ts';
import { addContainer } from '../../store/index.ts';
import type { Created, CreateOptions } from '../types.ts';
import type { ContainerDeps, ContainerImage } from './deps.ts';
import { findId } from './find.ts';
import { applyImageDefaults } from './image-defaults.ts';
import { checkName, inventName } from './names.ts';

/** Makes the container's record; its root is mounted for the first time when it starts. */
export async function createContainer(
  deps: ContainerDeps,
  options: CreateOptions,
  progress: ProgressListener,
): Promise<Created & { record: ContainerRecord }> {
  const name = options.name === undefined ? undefined : checkName(options.name);
  const hostConfig = resolveHostConfig(deps, options.hostConfig);
  parseLogOptions(hostConfig.LogConfig);
  if (hostConfig.Runtime !== '') await checkRuntime(hostConfig.Runtime);
  if (options.config.StopSignal) signalNumber(options.config.StopSignal);
  const { platform } = options;
  const reference = options.config.Image;
  await deps.images.ensure(reference, { pull: options.pull, ...(platform === undefined ? {} : { platform }) }, progress);
  const driver = await deps.driver();
  const record = await deps.images.use(reference, image =>
    addContainer(deps.paths, initialState(), isTaken =>
      buildRecord({ options, hostConfig, image, driver, name: name ?? inventName(isTaken) }),
    ),
  );
  return { id: record.id, warnings: deps.maps().singleId ? [singleIdWarning()] : [], record };
}

/** A container that can't ever start is not made. @throws UserError `RUNTIME_NOT_FOUND`, `RUNTIME_UNSUPPORTED` */
async function checkRuntime(name: string): Promise<void> {
  const { findRuntime } = await import('../../oci/index.ts');
  await findRuntime(name, { root: '', cgroup: { kind: 'none' } });
}

function singleIdWarning(): string {
  const uid = process.getuid?.() ?? 0;
  return `you have no subordinate ids, so only root exists in containers; to have all users: ${singleIdAdvice(uid)}`;
}

function buildRecord(parts: {
  options: CreateOptions;
  hostConfig: HostConfig;
  image: ContainerImage;
  driver: ContainerRecord['driver'];
  name: string;
}): ContainerRecord {
  const { image, hostConfig, options } = parts;
  const id = randomHex(32);
  const { architecture, os, variant } = image.config;
  return {
    version: 1,
    id,
    name: parts.name,
    created: new Date().toISOString().replace('Z', '000000Z'),
    imageId: image.id,
    layers: [...image.layers],
    driver: parts.driver,
    config: applyImageDefaults(withHostname(options.config, hostConfig), image.config.config ?? {}, id),
    hostConfig,
    platform: [os, architecture, variant].filter(Boolean).join('/'),
  };
}

/** What was given over the configured defaults, with the names of other containers replaced by their ids, which do not change. */
function resolveHostConfig(deps: ContainerDeps, given: Partial<HostConfig>): HostConfig {
  const { settings } = deps;
  const base = defaultHostConfig();
  const merged: HostConfig = {
    ...base,
    LogConfig: { Type: settings.logDriver, Config: { ...settings.logOpts } },
    Runtime: settings.runtime ?? '',
    ...given,
    Dns: given.Dns?.length ? given.Dns : [...settings.dns],
    DnsOptions: given.DnsOptions?.length ? given.DnsOptions : [...settings.dnsOptions],
    DnsSearch: given.DnsSearch?.length ? given.DnsSearch : [...settings.dnsSearch],
    Init: given.Init ?? settings.init,
  };
  for (const mode of ['PidMode', 'IpcMode', 'NetworkMode'] as const) merged[mode] = resolveMode(deps, merged[mode]);
  checkNetwork(merged.NetworkMode);
  return merged;
}

const networks = ['default', 'bridge', 'none', 'host', 'pasta', 'slirp4netns'];

function checkNetwork(mode: string): void {
  if (networks.includes(mode) || mode.startsWith('container:')) return;
  throw new UserError('not-found', 'NETWORK_NOT_FOUND', `network ${JSON.stringify(mode).slice(1, -1)} not found`, {
    hint: `one of: ${networks.join(', ')}, container:NAME`,
  });
}

function resolveMode(deps: ContainerDeps, mode: string): string {
  const prefix = 'container:';
  return mode.startsWith(prefix) ? prefix + findId(deps, mode.slice(prefix.length)) : mode;
}

/** Who shares the host's network or its UTS namespace has the host's name. */
function withHostname(config: CreateOptions['config'], { NetworkMode, UTSMode }: HostConfig): CreateOptions['config'] {
  const sharesHost = NetworkMode === 'host' || UTSMode === 'host';
  return sharesHost && !config.Hostname ? { ...config, Hostname: hostname() } : config;
}
