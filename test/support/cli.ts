import { Readable, Writable } from 'node:stream';
import { type CliIo, runCli } from '../../src/cli/index.ts';
import type { Engine, ImageSummary, Images } from '../../src/engine/types.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process against the engine given; opening an engine without one fails the test. */
export async function cli(argv: readonly string[], engine?: Engine, io: Partial<CliIo> = {}): Promise<CliResult> {
  const stdout = new Collected();
  const stderr = new Collected();
  const exitCode = await runCli(argv, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: { HOME: '/nonexistent' },
    cwd: '/',
    uid: 1000,
    openEngine: () => (engine ? Promise.resolve(engine) : Promise.reject(new Error('this command line must not open the engine'))),
    ...io,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** An engine of which only some methods exist; calling another one fails the test. */
export function fakeEngine(parts: { containers?: object; images?: object; system?: object }): Engine {
  const room = (name: string, methods: object = {}) =>
    new Proxy(methods, {
      get(target, method) {
        const found: unknown = Reflect.get(target, method);
        if (found === undefined) throw new Error(`the command asked for ${name}.${String(method)}, which this test does not expect`);
        return found;
      },
    });
  return {
    containers: room('containers', parts.containers),
    images: room('images', parts.images),
    system: room('system', parts.system),
  } as unknown as Engine;
}

export function imageSummary(parts: Partial<ImageSummary>): ImageSummary {
  return {
    Id: `sha256:${'ab'.repeat(32)}`,
    ParentId: '',
    RepoTags: [],
    RepoDigests: [],
    Created: 0,
    Size: 0,
    SharedSize: -1,
    Labels: null,
    Containers: -1,
    ...parts,
  };
}

export function fakeImages(list: readonly ImageSummary[]): Partial<Images> {
  return { list: async () => list };
}
