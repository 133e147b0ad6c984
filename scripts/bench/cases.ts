import { performance } from 'node:perf_hooks';
import type { Engine } from './engines.ts';

export interface Case {
  readonly what: string;
  /** The ratio to podman that is aimed for. */
  readonly goal: number;
  readonly rounds: number;
  before?(engine: Engine): Promise<void>;
  /** What is timed. */
  run(engine: Engine): Promise<void>;
  /** After each round. */
  reset?(engine: Engine): Promise<void>;
  after?(engine: Engine): Promise<void>;
}

const quick = ['--network', 'none'];
const SLEEPER = 'bench-sleeper';

async function ok(engine: Engine, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.call(args);
  if (exitCode !== 0) throw new Error(`${engine.name} ${args.join(' ')}: ${stderr.trim()}`);
  return stdout.trim();
}

async function startSleeper(engine: Engine): Promise<void> {
  await engine.call(['rm', '-f', SLEEPER]);
  await ok(engine, 'run', '-d', '--name', SLEEPER, ...quick, 'busybox', 'sleep', '100000');
}

const removeSleeper = async (engine: Engine): Promise<void> => void (await ok(engine, 'rm', '-f', SLEEPER));

/** What is compared; `debian` is an image's name at a registry of this machine. */
export function cases(rounds: number, debian: string): Case[] {
  const sleeping = { before: startSleeper, after: removeSleeper };
  return [
    {
      what: 'run --rm --network none busybox true',
      goal: 0.6,
      rounds,
      run: async e => void (await ok(e, 'run', '--rm', ...quick, 'busybox', 'true')),
    },
    { what: 'exec … true', goal: 0.6, rounds, ...sleeping, run: async e => void (await ok(e, 'exec', SLEEPER, 'true')) },
    { what: 'ps -a', goal: 1.2, rounds, ...sleeping, run: async e => void (await ok(e, 'ps', '-a')) },
    {
      what: 'pull of a Debian image',
      goal: 1.2,
      rounds: Math.min(rounds, 5),
      run: async e => void (await ok(e, 'pull', ...(e.name === 'podman' ? ['--tls-verify=false'] : []), debian)),
      reset: async e => void (await ok(e, 'rmi', '-f', debian)),
    },
    {
      what: '20 containers started at once and removed',
      goal: 0.7,
      rounds: Math.min(rounds, 5),
      run: async e => {
        const names = Array.from({ length: 20 }, (_, i) => `bench-${i}`);
        await Promise.all(names.map(name => ok(e, 'run', '-d', '--name', name, ...quick, 'busybox', 'sleep', '1000')));
        await ok(e, 'rm', '-f', ...names);
      },
    },
  ];
}

/** Milliseconds of each round, the engines in turn, so that a slow moment of the machine meets all of them. */
export async function measure(one: Case, engines: readonly Engine[]): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = Object.fromEntries(engines.map(({ name }) => [name, []]));
  for (const engine of engines) await one.before?.(engine);
  for (let round = -1; round < one.rounds; round++) {
    for (const engine of engines) {
      const start = performance.now();
      await one.run(engine);
      // The first round warms the caches of the disk.
      if (round >= 0) times[engine.name]?.push(performance.now() - start);
      await one.reset?.(engine);
    }
  }
  for (const engine of engines) await one.after?.(engine);
  return times;
}
