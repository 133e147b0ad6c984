import { accessSync, constants, copyFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { delegatedCgroup } from './cgroup.ts';
import { type StoreHome, storeHome } from './store-home.ts';
import { testUser } from './user.ts';

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** 128+n where a signal ended it. */
  readonly exitCode: number;
}

/** A fresh home of an unprivileged user and the binary under test in it. */
export interface Testbed extends StoreHome {
  readonly uid: number;
  /** Runs one command to its end; a failing one is an answer, not an exception. */
  tsdocker(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Starts a command, to write to it, read from it and signal it while it runs. */
  start(args: readonly string[], options?: RunOptions): Running;
  /** The same for any other program, as the same user in the same surroundings. */
  run(argv: readonly string[], options?: RunOptions): Promise<Result>;
  /** The whole command line that `start` uses, for a terminal. */
  commandLine(args: readonly string[]): string[];
  /** Ends what still runs and removes every trace. */
  close(): Promise<void>;
}

export type Running = ReturnType<typeof launch>;

function launch([file = '', ...args]: readonly string[], options: RunOptions) {
  return execa(file, args, {
    cwd: options.cwd ?? '/',
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 60_000,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
}

/** Opens a testbed; one per test file is enough. The binary is `TSDOCKER_TEST_BIN`, else dist/tsdocker. */
export async function openTestbed(): Promise<Testbed> {
  const user = testUser();
  const home = storeHome(user);
  const cgroup = process.getuid?.() === 0 ? await delegatedCgroup(user) : undefined;
  const binary = await readableBinary(user.prefix);
  const command = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): string[] => {
    const variables = Object.entries({ ...home.env, ...env }).map(([name, value]) => `${name}=${value}`);
    return [...(cgroup?.prefix ?? []), ...user.prefix, 'env', '-i', ...variables, ...argv];
  };
  const start = (argv: readonly string[], options: RunOptions = {}) => launch(command(argv, options.env), options);
  const run = async (argv: readonly string[], options?: RunOptions): Promise<Result> => {
    const { stdout, stderr, exitCode, timedOut } = await start(argv, { input: '', ...options });
    if (timedOut) throw new Error(`no end in time: ${argv.join(' ')}\n${stdout}${stderr}`);
    return { stdout, stderr, exitCode: exitCode ?? 255 };
  };
  return {
    ...home,
    uid: user.uid,
    start: (args, options) => start([binary, ...args], options),
    tsdocker: (args, options) => run([binary, ...args], options),
    run,
    commandLine: args => command([binary, ...args]),
    close: async () => {
      await run([binary, 'container', 'prune', '-f']);
      await cgroup?.remove();
      home.remove();
    },
  };
}

/** The user can't read every folder that root can: then a copy in /tmp is tested. */
async function readableBinary(prefix: readonly string[]): Promise<string> {
  const binary = resolve(process.env.TSDOCKER_TEST_BIN ?? join(import.meta.dirname, '../../dist/tsdocker'));
  accessSync(binary, constants.X_OK);
  if (prefix.length === 0) return binary;
  const [file = '', ...args] = [...prefix, 'test', '-x', binary];
  if ((await execa(file, args, { reject: false })).exitCode === 0) return binary;
  const { size, mtimeMs } = statSync(binary);
  const copy = `/tmp/tsd-bin/${size}-${Math.floor(mtimeMs)}/tsdocker`;
  if (statSync(copy, { throwIfNoEntry: false })?.size === size) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const staged = `${copy}.${process.pid}`;
  copyFileSync(binary, staged);
  renameSync(staged, copy);
  return copy;
}
