import * as v from 'valibot';
import { ContainerConfig, HostConfig } from './docker/config.ts';
import { DigestSchema } from './oci-image.ts';

/** A process that can be told from a later one with the same pid: a stored pid alone is never signalled. */
export const ProcessIdentity = v.object({
  pid: v.number(),
  /** Field 22 of /proc/<pid>/stat, in clock ticks since boot. */
  startTime: v.number(),
  /** /proc/sys/kernel/random/boot_id at that time. */
  bootId: v.string(),
});
export type ProcessIdentity = v.InferOutput<typeof ProcessIdentity>;

/**
 * `containers/<id>/config.json`: what the user asked for, resolved against the image at creation.
 * Written by create, rename and update only, under the container's lock.
 */
export const ContainerRecord = v.object({
  version: v.literal(1),
  id: v.string(),
  /** Without docker's leading slash. */
  name: v.string(),
  /** RFC 3339 with nanoseconds. */
  created: v.string(),
  /** The image's config digest. */
  imageId: DigestSchema,
  /** Layer chain ids, lowest first. */
  layers: v.array(DigestSchema),
  /** Storage driver that made the container's root. */
  driver: v.picklist(['overlay', 'fuse-overlayfs', 'vfs']),
  config: ContainerConfig,
  hostConfig: HostConfig,
  platform: v.string(),
});
export type ContainerRecord = v.InferOutput<typeof ContainerRecord>;

export const containerStatuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
export type ContainerStatus = (typeof containerStatuses)[number];

export const HealthResult = v.object({
  start: v.string(),
  end: v.string(),
  exitCode: v.number(),
  output: v.string(),
});
export type HealthResult = v.InferOutput<typeof HealthResult>;

export const HealthState = v.object({
  status: v.picklist(['starting', 'healthy', 'unhealthy']),
  failingStreak: v.number(),
  /** The last five probes, oldest first. */
  log: v.array(HealthResult),
});
export type HealthState = v.InferOutput<typeof HealthState>;

/** `containers/<id>/state.json`: what is true of it now. Written by its monitor, or, when that is gone, by whoever reconciles. */
export const ContainerState = v.object({
  version: v.literal(1),
  status: v.picklist(containerStatuses),
  /** The container's init; set while running, paused. */
  process: v.optional(ProcessIdentity),
  /** Set while a monitor owns the container (running, paused, restarting); `socket` is where it listens. */
  monitor: v.optional(v.object({ ...ProcessIdentity.entries, socket: v.string() })),
  startedAt: v.optional(v.string()),
  finishedAt: v.optional(v.string()),
  exitCode: v.number(),
  oomKilled: v.boolean(),
  /** Why the last start failed or the exit code is a guess; empty otherwise. */
  error: v.string(),
  restartCount: v.number(),
  /** The user stopped it: `unless-stopped` and `always` leave it alone. */
  stoppedByUser: v.boolean(),
  health: v.optional(HealthState),
  /** Absolute path of the container's cgroup in the host's cgroup2 mount, where it has one of its own. */
  cgroup: v.optional(v.string()),
});
export type ContainerState = v.InferOutput<typeof ContainerState>;

/** Which states a verb may start from. */
export const allowedFrom = {
  start: ['created', 'exited', 'dead'],
  pause: ['running'],
  unpause: ['paused'],
  kill: ['running', 'paused'],
  exec: ['running'],
  attach: ['running'],
} as const satisfies Record<string, readonly ContainerStatus[]>;

export function initialState(): ContainerState {
  return {
    version: 1,
    status: 'created',
    exitCode: 0,
    oomKilled: false,
    error: '',
    restartCount: 0,
    stoppedByUser: false,
  };
}

/** `Up`-like states: the container has, or is about to have again, a process. */
export function isActive(status: ContainerStatus): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}
