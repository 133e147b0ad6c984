import { join } from 'node:path';

/** The folders everything lies in; who made them and checks them: store/open-paths.ts. */
export interface Paths {
  /** `$XDG_DATA_HOME/tsdocker` or `--root`: what must outlive a reboot. */
  readonly root: string;
  /** `$XDG_RUNTIME_DIR/tsdocker`: sockets and the user namespace's record; may vanish at any time. */
  readonly run: string;
  /** `$XDG_CONFIG_HOME/tsdocker` */
  readonly config: string;
  /** `$XDG_CACHE_HOME/tsdocker` */
  readonly cache: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The XDG base folders of `env`; an unset or relative variable counts as unset, as the XDG specification says. */
export function resolvePaths(env: Environment, uid: number, home: string, root?: string): Paths {
  const base = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value?.startsWith('/') ? value : fallback, 'tsdocker');
  };
  const runtime = env.XDG_RUNTIME_DIR;
  return {
    root: root ?? base('XDG_DATA_HOME', join(home, '.local/share')),
    run: runtime?.startsWith('/') ? join(runtime, 'tsdocker') : `/tmp/tsdocker-${uid}`,
    config: base('XDG_CONFIG_HOME', join(home, '.config')),
    cache: base('XDG_CACHE_HOME', join(home, '.cache')),
  };
}

/** Files and folders of one container. Everything but the socket lies under the data root. */
export function containerPaths(paths: Paths, id: string) {
  const dir = join(paths.root, 'containers', id);
  return {
    dir,
    config: join(dir, 'config.json'),
    state: join(dir, 'state.json'),
    /** Held (flock) by the monitor for its whole life, by others for one change. */
    lock: join(dir, 'lock'),
    log: join(dir, 'log'),
    monitorLog: join(dir, 'monitor.log'),
    /** What the OCI runtime gets: config.json, and its own state in `runtime/`. */
    bundle: join(dir, 'bundle'),
    runtimeState: join(dir, 'runtime'),
    /** `upper`, `work` and the mount point `merged`, as the storage driver needs them. */
    storage: join(dir, 'storage'),
    /** hosts, hostname, resolv.conf, shared into the container. */
    etc: join(dir, 'etc'),
    /** Short, since a socket's path is limited to 107 bytes. */
    socket: join(paths.run, 'c', `${id.slice(0, 24)}.sock`),
  };
}
