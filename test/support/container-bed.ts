import assert from 'node:assert/strict';
import { once } from 'node:events';
import { openTestbed, type Result, type RunOptions, type Testbed } from './binary.ts';
import { importBusybox } from './images.ts';

/** A testbed with the image `busybox`, and the few calls that every test of a verb makes. */
export interface ContainerBed extends Testbed {
  /** A command that must succeed. */
  ok(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** What a command that must succeed prints, without the last line break. */
  says(...args: readonly string[]): Promise<string>;
  /** A command that must fail in this way: the whole of its error output, or a pattern of it. */
  refuses(args: readonly string[], exitCode: number, stderr: string | RegExp, options?: RunOptions): Promise<void>;
  /** `inspect -f`. */
  field(name: string, template: string): Promise<string>;
  /** A container in the background with a shell script in it that prints `ready` first; answers once it has. */
  background(name: string, script: string, ...flags: readonly string[]): Promise<string>;
}

/** Runs until it is told to end by SIGTERM, then exits with 3. */
export const patient = 'trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done';
/** Runs on whatever it is told. */
export const deaf = 'trap "" TERM; echo ready; while :; do sleep 0.05; done';

export async function openContainerBed(): Promise<ContainerBed> {
  const bed = await openTestbed();
  await importBusybox(bed);
  const ok = async (args: readonly string[], options?: RunOptions): Promise<Result> => {
    const result = await bed.tsdocker(args, options);
    assert.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
    return result;
  };
  const says = async (...args: readonly string[]): Promise<string> => (await ok(args)).stdout.trimEnd();
  return {
    ...bed,
    ok,
    says,
    refuses: async (args, exitCode, stderr, options) => {
      const result = await bed.tsdocker(args, options);
      assert.equal(result.exitCode, exitCode, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
      if (typeof stderr === 'string') assert.equal(result.stderr, stderr);
      else assert.match(result.stderr, stderr);
    },
    field: (name, template) => says('inspect', '-f', template, name),
    background: async (name, script, ...flags) => {
      const id = await says('run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', script);
      await firstOutput(bed, ['logs', '-f', name]);
      return id;
    },
  };
}

/** Waits for the first bytes that a command prints, then ends it. */
async function firstOutput(bed: Testbed, args: readonly string[]): Promise<void> {
  const running = bed.start(args);
  await Promise.race([once(running.stdout, 'data'), running]);
  running.kill();
  await running;
}
