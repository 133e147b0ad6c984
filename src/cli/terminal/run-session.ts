import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { errnoOf } from '../../core/errors.ts';
import type { Session } from '../../engine/types.ts';
import { DetachFilter } from './detach-filter.ts';
import { followWindowSize } from './follow-window-size.ts';
import { enterRawMode } from './raw-mode.ts';
import { proxySignals } from './signal-proxy.ts';
import { isTerminalInput } from './terminal-stream.ts';

const typedAheadMs = 200;

export interface SessionStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export interface SessionSettings {
  /** Whether our standard input goes to the process. */
  readonly stdin: boolean;
  /** The process has a terminal of its own. */
  readonly tty: boolean;
  /** undefined: no keys detach. */
  readonly detachKeys: Buffer | undefined;
  readonly sigProxy: boolean;
}

export type SessionEnd = { readonly detached: false; readonly exitCode: number } | { readonly detached: true };

/**
 * Joins our streams with a process's until it ends or the user leaves. The terminal is raw meanwhile, and itself again however
 * this ends. Answers after the last byte of output was handed to our streams.
 */
export async function runSession(session: Session, streams: SessionStreams, settings: SessionSettings): Promise<SessionEnd> {
  const undo: (() => void)[] = [];
  const left = Promise.withResolvers<SessionEnd>();
  const leave = async (): Promise<void> => {
    await inputSent(session.stdin);
    session.detach();
    left.resolve({ detached: true });
  };
  try {
    if (settings.tty) undo.push(followWindowSize([streams.stdout, streams.stderr], (columns, rows) => session.resize(columns, rows)));
    // The keys of a raw terminal reach the process as bytes; a signal is then meant for this client.
    else if (settings.sigProxy) undo.push(proxySignals(signal => session.signal(signal)));
    if (settings.stdin) undo.push(sendInput(session, streams.stdin, settings, leave, left.reject));
    return await Promise.race([left.promise, ended(session, streams)]);
  } finally {
    for (const step of undo.reverse()) step();
  }
}

async function ended(session: Session, { stdout, stderr }: SessionStreams): Promise<SessionEnd> {
  const outputs = [passOn(session.stdout, stdout), passOn(session.stderr, stderr)];
  const [{ exitCode }] = await Promise.all([session.exit, ...outputs]);
  return { detached: false, exitCode: exitCode & 0xff };
}

/** Resolves when the reader has taken the last byte. The target stays open: it is this process's own stream. */
async function passOn(source: Readable, target: Writable): Promise<void> {
  // A reader that left must not hold back the process: the rest is read and dropped.
  target.once('error', () => source.resume());
  source.pipe(target, { end: false });
  await finished(source, { writable: false });
  await new Promise<void>(taken => target.write('', () => taken()));
}

function sendInput(
  session: Session,
  stdin: Readable,
  { tty, detachKeys }: SessionSettings,
  leave: () => Promise<void>,
  fail: (error: Error) => void,
): () => void {
  const restore = tty && isTerminalInput(stdin) ? enterRawMode(stdin) : () => {};
  const filter = tty && detachKeys ? new DetachFilter(detachKeys, () => void leave()) : undefined;
  const target = filter ?? session.stdin;
  filter?.pipe(session.stdin);
  const unreadable = (error: Error): void => {
    // EIO: the terminal was hung up; to the process that is the end of its input.
    if (errnoOf(error) === 'EIO') target.end();
    else fail(error);
  };
  // The process may end, or close its input, before it has read all: no fault of anybody's.
  const unwanted = (): void => void stdin.unpipe(target);
  stdin.on('error', unreadable);
  session.stdin.on('error', unwanted);
  stdin.pipe(target);
  return () => {
    stdin.unpipe(target);
    stdin.off('error', unreadable);
    stdin.pause();
    restore();
  };
}

/** What was typed before the detach keys belongs to the process; one that reads nothing can't keep the user, though. */
async function inputSent(stdin: Writable): Promise<void> {
  await setImmediate();
  const patience = new AbortController();
  const sent = new Promise<void>(taken => stdin.write('', () => taken()));
  await Promise.race([sent, setTimeout(typedAheadMs, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
}
