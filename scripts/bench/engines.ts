import { execa } from 'execa';
import type { Result, RunOptions, Testbed } from '../../test/support/binary.ts';
import { busyboxTar } from '../../test/support/images.ts';

/** One of the programs that are compared; all take docker's command line. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  call(args: readonly string[], options?: RunOptions): Promise<Result>;
}

/** tsdocker, and those of podman and docker that are there, each with an image `busybox`. */
export async function findEngines(bed: Testbed): Promise<Engine[]> {
  const callers: Readonly<Record<string, Engine['call']>> = {
    tsdocker: (args, options) => bed.tsdocker(args, { timeoutMs: 300_000, ...options }),
    podman: peer('podman') ?? ((args, options) => bed.run(['podman', ...args], { timeoutMs: 300_000, ...options })),
    // Docker has a daemon of root's; its client runs as whoever runs the comparison.
    docker: peer('docker') ?? (async (args, options) => await here(['docker', ...args], options)),
  };
  const engines: Engine[] = [];
  for (const [name, call] of Object.entries(callers)) {
    const version = await call(['version', '--format', '{{.Client.Version}}']);
    if (version.exitCode !== 0) continue;
    const made = await call(['import', '-', 'busybox'], { input: await busyboxTar() });
    if (made.exitCode === 0) engines.push({ name, version: version.stdout.trim(), call });
    else console.error(`bench: ${name} can't be used here: ${made.stderr.trim()}`);
  }
  return engines;
}

/** `BENCH_PEERS` is a command line to put before: other versions of the peers, in another root file system. */
function peer(name: string): Engine['call'] | undefined {
  const prefix = (process.env.BENCH_PEERS ?? '').split(' ').filter(Boolean);
  return prefix.length === 0 ? undefined : (args, options) => here([...prefix, name, ...args], options);
}

async function here([file = '', ...args]: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { stdout, stderr, exitCode } = await execa(file, args, { reject: false, timeout: 300_000, input: options.input ?? '' });
  return { stdout, stderr, exitCode: exitCode ?? 127 };
}
