import type { Paths } from '../core/paths.ts';
import { selfCommand } from '../linux/self.ts';
import { type HostCgroups, type IdMaps, spawnInUserNamespace } from '../rootless/index.ts';
import { adoptMonitor, type MonitorClient } from './client.ts';
import type { MonitorSetup } from './setup.ts';

/** A program that starts: node's own start and the user namespace take most of it. */
const START_TIMEOUT_MS = 60_000;

export interface MonitorLaunch {
  readonly paths: Paths;
  readonly maps: IdMaps;
  readonly cgroups: HostCgroups;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a monitor in the user's namespace. It waits to be told which container is its own, so that a command can start it before it has
 * found the image and written the record; closing the client ends a monitor that was told nothing.
 */
export async function launchMonitor(launch: MonitorLaunch): Promise<MonitorClient> {
  const setup: MonitorSetup = { ...launch.paths, cgroups: launch.cgroups };
  const { child, control } = await spawnInUserNamespace(launch.paths.run, launch.maps, {
    argv: selfCommand('__monitor', [JSON.stringify(setup)]),
    stdio: ['ignore', 'ignore', 'ignore'],
    env: monitorEnvironment(launch.env),
    cgroupNamespace: launch.cgroups.kind === 'none' && launch.cgroups.version === 1,
  });
  child.unref();
  return await adoptMonitor(control, { timeoutMs: START_TIMEOUT_MS });
}

/** Only what a monitor or a program that it starts may need: the rest of the user's environment would stay readable in /proc for days. */
const kept = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'XDG_RUNTIME_DIR',
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'TMPDIR',
  'DBUS_SESSION_BUS_ADDRESS',
];

export function monitorEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(kept.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
}
