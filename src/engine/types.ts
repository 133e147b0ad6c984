import type { Readable } from 'node:stream';
import type { ContainerStatus } from '../core/container.ts';
import type { ContainerConfig, HostConfig } from '../core/docker/config.ts';
import type { UserError } from '../core/errors.ts';
import type { ProgressListener } from '../core/events.ts';
import type { AttachOptions, ExitStatus, Session } from '../core/session.ts';

export type { AttachOptions, ExitStatus, Session };

/**
 * The engine's door: what any skin (command line, dashboard, REST API) may ask of it, in plain data and byte streams, so that
 * a second implementation can speak to a remote daemon. References are what the user typed: a name, an id or the start of one.
 * Every method throws UserError for what the user can act on.
 */
export interface Engine {
  readonly containers: Containers;
  readonly images: Images;
  readonly system: System;
}

export interface CreateOptions {
  /** Without it a name is made up. */
  readonly name?: string;
  /** What was given; fields left out come from the image, then from docker's defaults. */
  readonly config: Partial<ContainerConfig> & { readonly Image: string };
  readonly hostConfig: Partial<HostConfig>;
  readonly pull: 'always' | 'missing' | 'never';
  /** `os[/arch[/variant]]` */
  readonly platform?: string;
}

export interface Created {
  readonly id: string;
  readonly warnings: readonly string[];
}

export interface ExecOptions {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly tty: boolean;
  readonly privileged: boolean;
  readonly attach: AttachOptions;
  readonly detach: boolean;
}

/** `--filter key=value`, as given: a key's values are alternatives, keys are joined by and. */
export type Filters = ReadonlyMap<string, readonly string[]>;

export interface ListOptions {
  readonly all: boolean;
  readonly size: boolean;
  /** Newest first; 0 for no limit. */
  readonly limit: number;
  readonly filters: Filters;
}

/** Docker's `GET /containers/json` item. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  /** Unix seconds. */
  readonly Created: number;
  readonly Ports: readonly {
    IP?: string;
    PrivatePort: number;
    PublicPort?: number;
    Type: string;
  }[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: ContainerStatus;
  /** `Up 2 minutes (healthy)` */
  readonly Status: string;
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, object>>;
  };
  readonly Mounts: readonly object[];
}

export interface LogOptions {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** RFC 3339 or unix seconds with fraction, both exclusive of what lies outside; undefined for no bound. */
  readonly since?: Date;
  readonly until?: Date;
  /** Last lines only; undefined for all. */
  readonly tail?: number;
}

export interface LogEntry {
  readonly stream: 'stdout' | 'stderr';
  /** Bytes as the container wrote them, with the newline where there was one. */
  readonly line: Buffer;
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly attrs: Readonly<Record<string, string>>;
}

export interface TopResult {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}

/** One reading of a container's use of the machine; undefined where the host gives no figure. */
export interface StatsSample {
  readonly id: string;
  readonly name: string;
  readonly cpuPercent: number;
  readonly memoryUsage: number;
  readonly memoryLimit: number;
  readonly networkRx: number;
  readonly networkTx: number;
  readonly blockRead: number;
  readonly blockWrite: number;
  readonly pids: number;
}

export interface Containers {
  create(options: CreateOptions, progress: ProgressListener): Promise<Created>;
  /** Starts it; a started container is left alone (docker's 304). */
  start(ref: string): Promise<void>;
  /** Starts it with a session that misses no byte. */
  startAttached(ref: string, attach: AttachOptions): Promise<Session>;
  /** create and start in one, overlapping what can be: the same as calling both. */
  run(
    options: CreateOptions,
    attach: AttachOptions | null,
    progress: ProgressListener,
  ): Promise<{
    id: string;
    warnings: readonly string[];
    session: Session | null;
  }>;
  attach(ref: string, attach: AttachOptions): Promise<Session>;
  exec(ref: string, options: ExecOptions): Promise<Session | null>;
  /** `timeoutSeconds` undefined: the container's own, else 10; -1: wait for ever. */
  stop(ref: string, options: { signal?: string; timeoutSeconds?: number }): Promise<void>;
  restart(ref: string, options: { signal?: string; timeoutSeconds?: number }): Promise<void>;
  kill(ref: string, signal: string): Promise<void>;
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  remove(ref: string, options: { force: boolean; volumes: boolean }): Promise<void>;
  rename(ref: string, name: string): Promise<void>;
  wait(ref: string, condition: 'not-running' | 'next-exit' | 'removed'): Promise<ExitStatus>;
  /** `onDamage` is told of each container whose record can't be read. */
  list(options: ListOptions, onDamage?: (damage: UserError) => void): Promise<readonly ContainerSummary[]>;
  /** Docker's `GET /containers/{id}/json`, with sizes when asked. */
  inspect(ref: string, options: { size: boolean }): Promise<object>;
  logs(ref: string, options: LogOptions): AsyncIterable<LogEntry>;
  top(ref: string, psArgs: readonly string[]): Promise<TopResult>;
  /** One sample an interval for the containers named, all running ones when none is. */
  stats(refs: readonly string[], options: { all: boolean; stream: boolean }): AsyncIterable<readonly StatsSample[]>;
  prune(filters: Filters): Promise<{
    readonly deleted: readonly string[];
    readonly reclaimed: number;
  }>;
}

/** Docker's `GET /images/json` item. */
export interface ImageSummary {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  /** Unix seconds. */
  readonly Created: number;
  readonly Size: number;
  readonly SharedSize: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Containers: number;
}

export interface PullOptions {
  readonly platform?: string;
  /** Stops the pull at once; its reason is thrown, and nothing half-done stays. */
  readonly signal?: AbortSignal;
}

export interface ImportOptions {
  /** Where the tar comes from, at most one. */
  readonly source: { kind: 'stream'; stream: Readable } | { kind: 'file'; path: string } | { kind: 'url'; url: string };
  readonly reference?: string;
  readonly message: string;
  /** Dockerfile instructions. */
  readonly changes: readonly string[];
  readonly platform?: string;
}

export interface Images {
  /** `name[:tag|@digest]`; answers the full name that was pulled. */
  pull(reference: string, options: PullOptions, progress: ProgressListener): Promise<{ reference: string }>;
  /** Answers the new image's id. */
  import(options: ImportOptions): Promise<string>;
  list(options: { all: boolean; filters: Filters; sharedSize: boolean }): Promise<readonly ImageSummary[]>;
  /** Docker's `GET /images/{name}/json`. */
  inspect(reference: string): Promise<object>;
  tag(source: string, target: string): Promise<void>;
  /** What was done, in docker's order: `{Untagged}` and `{Deleted}`. */
  remove(reference: string, options: { force: boolean; prune: boolean }): Promise<readonly ({ Untagged: string } | { Deleted: string })[]>;
}

export interface System {
  /** Docker's `GET /info`, with what rootless adds. */
  info(): Promise<object>;
  /** Docker's `GET /version`. */
  version(): Promise<object>;
}
