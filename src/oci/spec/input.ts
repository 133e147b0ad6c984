import type { ContainerRecord } from '../../core/container.ts';
import type { ResolvedUser } from '../user.ts';
import type { OciMount } from './types.ts';

/** One line of the map of the user namespace U that the runtime is started in. */
export interface IdMap {
  readonly containerId: number;
  readonly hostId: number;
  readonly size: number;
}

/** Who makes the container's cgroup: nobody, the runtime below a delegated path, or systemd. */
export type CgroupMode =
  | { readonly kind: 'none' }
  | { readonly kind: 'cgroupfs'; readonly path: string }
  | { readonly kind: 'systemd'; readonly slice: string; readonly scope: string };

export interface HostFacts {
  /** As `process.arch` has it. */
  readonly arch: string;
  /** Kernel version, e.g. [6, 1]. */
  readonly kernel: readonly [number, number];
  readonly cgroup: CgroupMode;
  readonly apparmor: boolean;
  readonly selinux: boolean;
  /** There is a /dev/mqueue, which the host's IPC namespace is seen through. */
  readonly mqueue: boolean;
  /** Number of processors. */
  readonly cpus: number;
  /** Device files that `--privileged` hands in: those that the user can open. */
  readonly devices: readonly string[];
  /** The caller's hard limits by docker's ulimit names (`nofile`), -1 for unlimited. A name left out is not checked. */
  readonly hardLimits: Readonly<Record<string, number>>;
  /** The caller's /proc/self/oom_score_adj, which an unprivileged user can only raise. */
  readonly oomScoreAdj: number;
}

/** Paths of namespaces that belong to another container, for `container:<id>` modes. */
export interface JoinedNamespaces {
  readonly pid?: string;
  readonly ipc?: string;
  readonly network?: string;
  /** The user namespace that owns the ones above; the kernel lets only its own root join them. */
  readonly user?: string;
}

export interface SpecInput {
  readonly record: ContainerRecord;
  readonly user: ResolvedUser;
  /** Absolute path of the mounted root. */
  readonly rootfs: string;
  /** U's own map. */
  readonly idMaps: { readonly uids: readonly IdMap[]; readonly gids: readonly IdMap[] };
  readonly host: HostFacts;
  readonly etcFiles: { readonly hosts: string; readonly hostname: string; readonly resolvConf: string };
  readonly join?: JoinedNamespaces;
  /** Volumes and binds, already resolved. They come after the container's own mounts. */
  readonly mounts?: readonly OciMount[];
  /** Text of the user's own profile (`--security-opt seccomp=…`). */
  readonly seccompProfile?: string;
  /** Absolute path of an init program on the host, for `--init`; see `findInit`. */
  readonly init?: string;
}
