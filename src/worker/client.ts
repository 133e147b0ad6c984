import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import type { ProcessIdentity } from '../core/container.ts';
import { UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import { selfCommand } from '../linux/self.ts';
import { type IdMaps, spawnInUserNamespace } from '../rootless/index.ts';
import { type Job, NoAnswer, Outcome, SizeAnswer, UnpackAnswer } from './jobs.ts';

export interface WorkerDeps {
  readonly paths: Paths;
  /** A function where finding out may not be needed. */
  readonly maps: IdMaps | (() => IdMaps);
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const defaultLimits = { maxBytes: 64 * 2 ** 30, maxEntries: 5_000_000 };

/**
 * Unpacks a tar stream (gzip, zstd or plain) into an existing empty folder, in overlayfs's form, and answers the digest of the tar itself
 * and the size of its files. On failure the folder is left as far as it got; the blob is destroyed.
 * @throws UserError `LAYER_CORRUPT`, `LAYER_INVALID`, `LAYER_TOO_LARGE`, `ID_NOT_MAPPED`, `DISK_FULL`, `COMPRESSION_UNKNOWN`,
 *   `UNPACK_FAILED`, `WORKER_LOST`, and what the blob fails with
 */
export async function runUnpack(
  deps: WorkerDeps,
  blob: Readable,
  folder: string,
  limits: { maxBytes: number; maxEntries: number } = defaultLimits,
): Promise<UnpackAnswer> {
  const { singleId } = mapsOf(deps);
  return v.parse(UnpackAnswer, await runJob(deps, { job: 'unpack', folder, singleId, ...limits }, blob));
}

/** Kills a process that may run as one of the user's subordinate ids; only that very one. */
export async function killProcess(deps: WorkerDeps, process: ProcessIdentity): Promise<void> {
  v.parse(NoAnswer, await runJob(deps, { job: 'kill', process }));
}

/** Bytes of the files in a folder, whoever they belong to; 0 when it does not exist. */
export async function treeSize(deps: WorkerDeps, path: string): Promise<number> {
  return v.parse(SizeAnswer, await runJob(deps, { job: 'tree-size', path })).size;
}

/**
 * Removes folders whose files belong to any of the user's ids; one that is not there counts as removed. rm(1) does it: it knows names of
 * any bytes and trees of any depth, and is done before a worker of ours would have started.
 * @throws UserError `REMOVE_FAILED`
 */
export async function removeTrees(deps: WorkerDeps, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const run = await start(deps, ['rm', '-rf', '--', ...paths], 'ignore');
  if ((await run.exitCode) === 0) return;
  const why = (await run.stderr).trim().split('\n')[0] ?? '';
  throw new UserError('external', 'REMOVE_FAILED', `some files can't be removed: ${why || 'rm was killed'}`);
}

async function runJob(deps: WorkerDeps, job: Job, input?: Readable): Promise<unknown> {
  const source = input && new Source(input);
  try {
    const run = await start(deps, selfCommand('__worker', [JSON.stringify(job)]), input ? 'pipe' : 'ignore');
    source?.feed(run.child);
    const [text, stderr, exitCode] = await Promise.all([run.stdout, run.stderr, run.exitCode]);
    if (source?.failure !== undefined) throw source.failure;
    return answerOf(text, stderr, exitCode);
  } finally {
    input?.destroy();
  }
}

/** What a worker reads. When it fails the worker is ended: half an archive must not look like a whole one. */
class Source {
  /** The input's own failure; a worker that stops reading is none, it says why itself. */
  failure: unknown;
  readonly #input: Readable;
  #child: ChildProcess | undefined;

  constructor(input: Readable) {
    this.#input = input;
    input.once('error', error => this.#fail(error));
    input.once('close', () => {
      if (!input.readableEnded && this.#child?.exitCode === null) this.#fail(new Error('the archive was cut off'));
    });
  }

  feed(child: ChildProcess): void {
    this.#child = child;
    const { stdin } = child;
    if (!stdin) return;
    stdin.on('error', () => this.#input.unpipe(stdin));
    if (this.#input.destroyed) this.#fail(this.#input.errored ?? new Error('the archive was cut off'));
    else this.#input.pipe(stdin);
  }

  #fail(error: unknown): void {
    this.failure ??= error;
    this.#child?.kill('SIGKILL');
  }
}

interface Run {
  readonly child: ChildProcess;
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
  readonly exitCode: Promise<number | null>;
}

async function start(deps: WorkerDeps, argv: readonly string[], stdin: 'pipe' | 'ignore'): Promise<Run> {
  const { child, control } = await spawnInUserNamespace(deps.paths.run, mapsOf(deps), {
    argv,
    stdio: [stdin, 'pipe', 'pipe'],
    env: environment(deps.env),
    cgroupNamespace: false,
  });
  const exitCode = new Promise<number | null>(resolve => child.once('exit', resolve));
  void exitCode.then(() => control.destroy());
  return { child, exitCode, stdout: textOf(child.stdout), stderr: textOf(child.stderr) };
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream ? (await buffer(stream)).toString() : '';
}

function answerOf(text: string, stderr: string, exitCode: number | null): unknown {
  const parsed = v.safeParse(Outcome, parse(text));
  if (!parsed.success) throw lost(stderr, exitCode);
  const outcome = parsed.output;
  if (outcome.outcome === 'done') return outcome.answer;
  throw new UserError(outcome.kind, outcome.code, outcome.message, outcome.hint === undefined ? {} : { hint: outcome.hint });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lost(stderr: string, exitCode: number | null): UserError {
  const how = exitCode === null ? 'was killed' : `ended with code ${exitCode}`;
  return new UserError('external', 'WORKER_LOST', `the process that does the work ${how} before it was done`, { cause: new Error(stderr) });
}

function mapsOf({ maps }: WorkerDeps): IdMaps {
  return typeof maps === 'function' ? maps() : maps;
}

const kept = ['PATH', 'HOME', 'LANG', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'TMPDIR'];

function environment(env: WorkerDeps['env']): Record<string, string> {
  return Object.fromEntries(kept.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
}
