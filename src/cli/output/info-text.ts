import * as v from 'valibot';
import { escapeControls } from './escape-controls.ts';
import { binarySize } from './human.ts';

const text = v.optional(v.string(), '');
const count = v.optional(v.number(), 0);
const flag = v.optional(v.boolean(), false);
const list = v.nullish(v.array(v.string()), []);

/** Docker's `GET /info`, as far as it is shown; another engine may leave things out. */
const Info = v.object({
  Containers: count,
  ContainersRunning: count,
  ContainersPaused: count,
  ContainersStopped: count,
  Images: count,
  ServerVersion: text,
  Driver: text,
  DriverStatus: v.nullish(v.array(v.tuple([v.string(), v.string()])), []),
  LoggingDriver: text,
  CgroupDriver: text,
  CgroupVersion: text,
  Plugins: v.optional(v.object({ Volume: list, Network: list, Log: list }), { Volume: [], Network: [], Log: [] }),
  Swarm: v.optional(v.object({ LocalNodeState: text }), { LocalNodeState: 'inactive' }),
  Runtimes: v.nullish(v.record(v.string(), v.unknown()), {}),
  DefaultRuntime: text,
  SecurityOptions: list,
  KernelVersion: text,
  OperatingSystem: text,
  OSType: text,
  Architecture: text,
  NCPU: count,
  MemTotal: count,
  Name: text,
  ID: text,
  DockerRootDir: text,
  Debug: flag,
  ExperimentalBuild: flag,
  RegistryConfig: v.nullish(
    v.object({ InsecureRegistryCIDRs: list, Mirrors: list, IndexConfigs: v.nullish(v.record(v.string(), v.object({ Secure: flag })), {}) }),
  ),
  LiveRestoreEnabled: flag,
  Warnings: list,
});
type Info = v.InferOutput<typeof Info>;

/** `docker info`'s layout; warnings belong on standard error. */
export function infoText(
  client: { Version: string; Context: string; Debug: boolean },
  server: object,
): { text: string; warnings: readonly string[] } {
  const info = v.parse(Info, server);
  const lines = [
    'Client:',
    ` Version:    ${client.Version}`,
    ` Context:    ${client.Context}`,
    ` Debug Mode: ${client.Debug}`,
    '',
    'Server:',
    ...engineLines(info),
    ...machineLines(info),
    ...registryLines(info),
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    '',
  ];
  return { text: escapeControls(`${lines.join('\n')}\n`), warnings: info.Warnings ?? [] };
}

function engineLines(info: Info): string[] {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ` Server Version: ${info.ServerVersion}`,
    ` Storage Driver: ${info.Driver}`,
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${info.LoggingDriver}`,
    ` Cgroup Driver: ${info.CgroupDriver}`,
    ` Cgroup Version: ${info.CgroupVersion}`,
    ' Plugins:',
    `  Volume: ${(info.Plugins.Volume ?? []).join(' ')}`,
    `  Network: ${(info.Plugins.Network ?? []).join(' ')}`,
    `  Log: ${(info.Plugins.Log ?? []).join(' ')}`,
    ` Swarm: ${info.Swarm.LocalNodeState}`,
    ` Runtimes: ${Object.keys(info.Runtimes ?? {}).join(' ')}`,
    ` Default Runtime: ${info.DefaultRuntime}`,
    ' Security Options:',
    ...(info.SecurityOptions ?? []).flatMap(securityLines),
  ];
}

/** `name=seccomp,profile=builtin` takes two lines. */
function securityLines(option: string): string[] {
  const [name = '', ...details] = option.split(',');
  return [
    `  ${name.replace(/^name=/, '')}`,
    ...details.map(detail => {
      const [key = '', value = ''] = detail.split('=');
      return `   ${key.charAt(0).toUpperCase()}${key.slice(1)}: ${value}`;
    }),
  ];
}

function machineLines(info: Info): string[] {
  return [
    ` Kernel Version: ${info.KernelVersion}`,
    ` Operating System: ${info.OperatingSystem}`,
    ` OSType: ${info.OSType}`,
    ` Architecture: ${info.Architecture}`,
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${binarySize(info.MemTotal)}`,
    ` Name: ${info.Name}`,
    ` ID: ${info.ID}`,
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
    ` Experimental: ${info.ExperimentalBuild}`,
  ];
}

function registryLines({ RegistryConfig: registries }: Info): string[] {
  if (!registries) return [];
  const insecure = Object.entries(registries.IndexConfigs ?? {}).filter(([, { Secure }]) => !Secure);
  const mirrors = registries.Mirrors ?? [];
  return [
    ' Insecure Registries:',
    ...insecure.map(([name]) => `  ${name}`),
    ...(registries.InsecureRegistryCIDRs ?? []).map(range => `  ${range}`),
    ...(mirrors.length > 0 ? [' Registry Mirrors:', ...mirrors.map(mirror => `  ${mirror}`)] : []),
  ];
}
