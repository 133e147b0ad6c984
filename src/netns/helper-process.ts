import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../core/errors.ts';

/** Longest wait until a network program says that it is ready, ms; it takes about 20. */
const READY_TIMEOUT_MS = 10_000;
/** What of its error output is kept, bytes. */
const MAX_STDERR = 4096;

export interface HelperProcess {
  readonly child: ChildProcess;
  /** Ends it and waits until it is gone; may be called twice. */
  end(): Promise<void>;
}

/**
 * Starts a program that serves a network namespace until it is ended. `setpriv --pdeathsig` makes the kernel kill it when this process
 * dies, so that none is ever left behind.
 * @param ready resolves when the program serves; it is handed the child just after the spawn
 */
export async function startHelper(argv: readonly string[], ready: (child: ChildProcess) => Promise<void>): Promise<HelperProcess> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], cwd: '/' });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('error', cause => reject(failure(argv, cause.message, cause)));
    child.once('close', code => reject(failure(argv, lastLine(stderr) || `it ended with code ${code}`)));
  });
  gone.catch(() => {});
  const tooLate = AbortSignal.timeout(READY_TIMEOUT_MS);
  const late = once(tooLate, 'abort').then(() => Promise.reject(failure(argv, `it was not ready after ${READY_TIMEOUT_MS / 1000} s`)));
  try {
    await Promise.race([ready(child), gone, late]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { child, end: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 500);
  await exited;
  clearTimeout(kill);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function failure(argv: readonly string[], reason: string, cause?: unknown): UserError {
  const program = argv[0]?.split('/').at(-1) ?? 'network program';
  return new UserError('external', 'NETWORK_FAILED', `${program} could not connect the container: ${reason}`, {
    hint: 'try --network slirp4netns or --network pasta, or --network none if the container needs no network',
    cause,
  });
}
