import type { CgroupMode } from '../spec/input.ts';
import type { LaunchOptions, RuntimeKind, RuntimePlace } from './types.ts';

type Manager = CgroupMode['kind'];

/** All that differs between the runtimes' command lines. */
const cgroupArguments: Readonly<Record<RuntimeKind, Readonly<Record<Manager, readonly string[]>>>> = {
  crun: { none: ['--cgroup-manager=disabled'], cgroupfs: ['--cgroup-manager=cgroupfs'], systemd: ['--cgroup-manager=systemd'] },
  // With --rootless runc goes on where it may not make a cgroup.
  runc: { none: ['--rootless=true'], cgroupfs: ['--rootless=true'], systemd: ['--rootless=true', '--systemd-cgroup'] },
};

export function globalArguments(kind: RuntimeKind, place: RuntimePlace, logFile?: string): string[] {
  const log = logFile === undefined ? [] : ['--log', logFile, '--log-format', 'json'];
  return ['--root', place.root, ...cgroupArguments[kind][place.cgroup.kind], ...log];
}

export function launchArguments(options: LaunchOptions): string[] {
  const console = options.consoleSocket === undefined ? [] : ['--console-socket', options.consoleSocket];
  return ['--pid-file', options.pidFile, ...console];
}
