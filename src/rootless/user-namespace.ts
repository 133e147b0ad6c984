import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { waitForLock } from '../linux/flock.ts';
import { mapperScript, runMappers, writeSingleMap } from './map-writer.ts';
import { type NamespaceDoor, openDoor, registerHolder } from './namespace-holders.ts';
import type { IdMaps } from './subordinate-ids.ts';

export interface NamespaceSpawn {
  /** The program and its arguments, run as uid 0 of U in a mount namespace of its own. */
  readonly argv: readonly string[];
  /** Standard input, output, error. */
  readonly stdio: readonly ['ignore' | 'pipe' | number, 'ignore' | 'pipe' | number, 'ignore' | 'pipe' | number];
  readonly env: Readonly<Record<string, string>>;
  /** A cgroup namespace too: where the host's cgroups are not pure v2, the program mounts its own view of them. */
  readonly cgroupNamespace: boolean;
}

export interface NamespaceProcess {
  readonly child: ChildProcess;
  /** One end of a socket pair; the program has the other as descriptor 3. */
  readonly control: Socket;
}

/** Longest wait for another command that is just making U, ms. It takes about 10. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Starts a program in the user's namespace U: joins it where a process lives in it, else makes it. It leads a session of its own, so
 * that the terminal's Ctrl-C and hang-up never reach it.
 *
 * Node can't enter a user namespace itself (its process has threads), so util-linux's unshare and nsenter do, each by exec in the same
 * process: the child's pid is the program's.
 * @throws UserError `USERNS_DENIED`, `NEWUIDMAP_MISSING`, `ID_MAP_DENIED`, `UTIL_LINUX_MISSING`
 */
export async function spawnInUserNamespace(run: string, maps: IdMaps, request: NamespaceSpawn): Promise<NamespaceProcess> {
  const door = openDoor(run, maps);
  if (door) return enter(door, run, request);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const lock = await waitForLock(join(run, 'userns.lock'), { timeoutMs: LOCK_TIMEOUT_MS });
  try {
    const opened = openDoor(run, maps);
    if (opened) return enter(opened, run, request);
    return await make(run, maps, request);
  } finally {
    lock?.release();
  }
}

/**
 * Where it can't be joined after all, the program ends as nsenter does, and `control` closes without a word. The door stays open meanwhile:
 * nsenter opens it when it gets to run.
 */
function enter(door: NamespaceDoor, run: string, request: NamespaceSpawn): NamespaceProcess {
  const nsenter = ['nsenter', `--user=${door.path}`, '--preserve-credentials', '--'];
  const { child, control } = start([...nsenter, ...unshareMounts(request), ...request.argv], request, []);
  child.once('exit', door.close);
  child.once('error', error => control.destroy(error));
  register(run, child);
  return { child, control };
}

/**
 * A process gets its capabilities in a new user namespace when it execs as uid 0 *after* the map is written; so a shell waits on
 * descriptor 3 between the two (user_namespaces(7)).
 */
async function make(run: string, maps: IdMaps, request: NamespaceSpawn): Promise<NamespaceProcess> {
  const wait = ['sh', '-c', 'printf r >&3; read -r go <&3 || exit 1; exec "$@"', 'sh'];
  const unshare = ['unshare', '--user', ...wait, ...unshareMounts(request), ...request.argv];
  const script = maps.singleId ? '' : mapperScript(maps);
  const { child, control } = start(['sh', '-c', `${script}exec "$@"`, 'sh', ...unshare], request, maps.singleId ? [] : ['pipe']);
  try {
    await entered(child, control);
    if (maps.singleId) writeSingleMap(child.pid ?? 0, maps);
    else await runMappers(socketOf(child, 4));
  } catch (error) {
    control.destroy();
    throw error;
  }
  control.write('\n');
  register(run, child);
  return { child, control };
}

/** Slave, not private: when the host unmounts a disk, a container's monitor does not keep it busy. */
function unshareMounts(request: NamespaceSpawn): string[] {
  return ['unshare', '--mount', '--propagation', 'slave', ...(request.cgroupNamespace ? ['--cgroup'] : []), '--'];
}

function start(command: readonly string[], request: NamespaceSpawn, more: readonly 'pipe'[]): NamespaceProcess {
  const [file = '', ...args] = command;
  const [stdin, stdout, stderr] = request.stdio;
  const child = spawn(file, args, { stdio: [stdin, stdout, stderr, 'pipe', ...more], env: { ...request.env }, detached: true, cwd: '/' });
  return { child, control: socketOf(child, 3) };
}

function socketOf(child: ChildProcess, fd: 3 | 4): Socket {
  const socket = child.stdio[fd];
  if (!(socket instanceof Socket)) throw new Error(`descriptor ${fd} of a child is not a socket`);
  socket.on('error', () => socket.destroy());
  return socket;
}

function register(run: string, child: ChildProcess): void {
  if (child.pid !== undefined) registerHolder(run, child.pid);
}

/** Waits for the shell's one byte: from then on the process is inside. */
function entered(child: ChildProcess, control: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', cause => {
      reject(
        new UserError('external', 'UTIL_LINUX_MISSING', `${child.spawnfile} can't be started: ${cause.message}`, {
          hint: 'install the package util-linux',
          cause,
        }),
      );
    });
    const refused = () => {
      reject(
        new UserError('external', 'USERNS_DENIED', 'this machine does not let you make a user namespace', {
          hint: 'sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=65536 kernel.apparmor_restrict_unprivileged_userns=0',
        }),
      );
    };
    control.once('end', refused);
    control.once('close', refused);
    control.once('data', () => {
      control.pause();
      control.removeListener('end', refused);
      control.removeListener('close', refused);
      resolve();
    });
  });
}
