import type { HostConfig } from '../../core/docker/config.ts';

/** Kernel interfaces without a namespace of their own; moby hides the same ones. */
const masked = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

const readonly = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export interface ProtectedPaths {
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
}

/** `cpus`: how many the host has; each has thermal_throttle counters that tell load across containers. */
export function protectedPaths(host: HostConfig, unconfined: boolean, cpus: number): ProtectedPaths {
  if (host.Privileged || unconfined) return { maskedPaths: [], readonlyPaths: [] };
  return { maskedPaths: host.MaskedPaths ?? [...masked, ...thermalThrottle(cpus)], readonlyPaths: host.ReadonlyPaths ?? readonly };
}

function thermalThrottle(cpus: number): string[] {
  return Array.from({ length: cpus }, (_, cpu) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`);
}
