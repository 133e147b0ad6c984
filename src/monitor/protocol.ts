import type { ErrorKind } from '../core/errors.ts';

/**
 * The language between a container's monitor and its clients: one request opens a connection's purpose, messages follow.
 *
 *   client                        monitor
 *   hello ───────────────────────▶
 *         ◀─────────────────────── ready            (or failed: another protocol version)
 *   start | attach | exec | … ───▶
 *         ◀─────────────────────── started | attached | ok | pids   (or failed, which ends the connection)
 *   stdin, resize, signal ───────▶                  (start with attach, attach, exec only)
 *         ◀─────────────────────── stdout, stderr, window
 *         ◀─────────────────────── exited           (after the last byte of output)
 *         ◀─────────────────────── removed          (after exited, for containers run with --rm)
 *
 * A frame is a 4-byte big-endian length, one byte of kind, and that many bytes of payload (frames.ts).
 */
export const PROTOCOL = 1;
/** Longest payload of one frame, bytes. */
export const MAX_FRAME = 64 * 1024;
/**
 * Bytes of stdin that may be on their way and unread by the process. The monitor never stops reading a connection, so that a
 * signal or resize is never stuck behind input that the process leaves unread.
 */
export const STDIN_WINDOW = 256 * 1024;

export const FrameKind = {
  message: 0,
  stdin: 1,
  stdout: 2,
  stderr: 3,
  stdinEnd: 4,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface AttachStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What `exec` runs; empty or missing fields come from the container's own configuration. */
export interface ExecSpec {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly tty: boolean;
  readonly privileged: boolean;
  readonly streams: AttachStreams;
  readonly size?: TerminalSize;
  /** Nobody waits for it: the monitor answers `started` and ends the connection. */
  readonly detach: boolean;
}

export type Request =
  | { op: 'hello'; protocol: number }
  /** Only the process that made the monitor sends it. */
  | {
      op: 'start';
      id: string;
      attach: AttachStreams | null;
      size?: TerminalSize;
    }
  | { op: 'attach'; streams: AttachStreams; size?: TerminalSize }
  | { op: 'exec'; exec: ExecSpec }
  | { op: 'resize'; size: TerminalSize }
  | { op: 'signal'; signal: number }
  /** Sends `signal`, then SIGKILL after `timeoutSeconds` (-1: never); answers when the container has ended. */
  | { op: 'stop'; signal: number; timeoutSeconds: number }
  | { op: 'restart'; signal: number; timeoutSeconds: number }
  | { op: 'pause' }
  | { op: 'unpause' }
  | { op: 'wait' }
  /** The host's pids of all processes in the container. */
  | { op: 'pids' }
  /** config.json changed on disk (rename, update). */
  | { op: 'reload' };

export type Message =
  | { event: 'ready'; protocol: number }
  | { event: 'started'; pid: number }
  | { event: 'attached' }
  /** How many more bytes of stdin the client may send; the first {@link STDIN_WINDOW} need no leave. */
  | { event: 'window'; bytes: number }
  | { event: 'ok' }
  | { event: 'pids'; pids: readonly number[] }
  | { event: 'exited'; exitCode: number; error: string }
  | { event: 'removed' }
  | {
      event: 'failed';
      kind: ErrorKind;
      code: string;
      message: string;
      hint?: string;
      exitCode?: number;
    };
