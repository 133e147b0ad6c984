import { PassThrough, type Writable } from 'node:stream';
import type { ExitStatus, Session } from '../../src/engine/types.ts';

/** The process's side of a session: what a test lets it do, and what reached it. */
export interface FakeSession extends Session {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly signals: number[];
  /** After the first signal. */
  readonly signalled: Promise<void>;
  readonly sizes: (readonly [columns: number, rows: number])[];
  readonly detached: boolean;
  /** The process ends, and its output with it. */
  end(exitCode: number): void;
  fail(error: Error): void;
}

export function fakeSession(parts: { readonly stdin?: Writable } = {}): FakeSession {
  const exit = Promise.withResolvers<ExitStatus>();
  exit.promise.catch(() => {});
  const signalled = Promise.withResolvers<void>();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const state = { detached: false };
  const close = (): void => {
    stdout.end();
    stderr.end();
  };
  const signals: number[] = [];
  const sizes: (readonly [number, number])[] = [];
  return {
    stdin: (parts.stdin ?? new PassThrough()) as PassThrough,
    stdout,
    stderr,
    exit: exit.promise,
    signals,
    signalled: signalled.promise,
    sizes,
    get detached() {
      return state.detached;
    },
    resize: (columns, rows) => void sizes.push([columns, rows]),
    signal(signal) {
      signals.push(signal);
      signalled.resolve();
    },
    detach() {
      state.detached = true;
      close();
    },
    end(exitCode) {
      exit.resolve({ exitCode, error: '' });
      close();
    },
    fail(error) {
      exit.reject(error);
      close();
    },
  };
}
