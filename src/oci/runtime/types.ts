import type { CgroupMode } from '../spec/input.ts';
import type { OciProcess } from '../spec/types.ts';

export type RuntimeKind = 'crun' | 'runc';

/** Where a runtime keeps its state and who makes cgroups for it: the same for every call about a container. */
export interface RuntimePlace {
  /** Folder for `--root`, made by the runtime. */
  readonly root: string;
  readonly cgroup: CgroupMode;
}

export type Stdio = number | 'ignore';

/** How a process is made, by `create`, `run` and `exec`. */
export interface LaunchOptions {
  readonly id: string;
  /** The runtime writes the pid here; its log goes to `<pidFile>.log`. */
  readonly pidFile: string;
  /** Descriptors that become the process's standard streams, unless there is a terminal. */
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /** Unix socket that receives the terminal; for processes with `terminal: true`. */
  readonly consoleSocket?: string | undefined;
}

export interface CreateOptions extends LaunchOptions {
  /** Folder with config.json. */
  readonly bundle: string;
}

export interface ExecOptions extends LaunchOptions {
  /** Written to `<pidFile>.json` for the runtime. */
  readonly process: OciProcess;
}

export interface RuntimeState {
  readonly status: 'creating' | 'created' | 'running' | 'paused' | 'stopped';
  readonly pid: number;
}

/** A runtime that keeps to the OCI runtime specification's operations. All reject with a UserError carrying docker's exit code. */
export interface OciRuntime {
  readonly kind: RuntimeKind;
  readonly path: string;
  /** e.g. `1.8.1`. */
  version(): Promise<string>;
  /** Makes the container with its init waiting; answers the init's pid. */
  create(options: CreateOptions): Promise<number>;
  /** Lets a created init go on to the user's program. */
  start(id: string): Promise<void>;
  /** create and start in one process of the runtime, detached; answers the init's pid. */
  run(options: CreateOptions): Promise<number>;
  /** Starts one more process, detached; answers its pid. */
  exec(options: ExecOptions): Promise<number>;
  kill(id: string, signal: string): Promise<void>;
  /** With `force` a container that still runs is killed, and one that is not there is no error. */
  delete(id: string, options?: { readonly force?: boolean }): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** undefined: the runtime knows no such container. */
  state(id: string): Promise<RuntimeState | undefined>;
}
