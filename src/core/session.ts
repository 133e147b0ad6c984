import type { Readable, Writable } from 'node:stream';

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly size?: { readonly columns: number; readonly rows: number };
}

export interface ExitStatus {
  readonly exitCode: number;
  readonly error: string;
}

/** A live connection to a container's or exec's main process. With a terminal, all output arrives on `stdout`. */
export interface Session {
  /** Ending it closes the process's standard input. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** After the last byte of output, and for `--rm` after the container is gone. Rejects when the connection is lost. */
  readonly exit: Promise<ExitStatus>;
  resize(columns: number, rows: number): void;
  signal(signal: number): void;
  /** Leaves; the process goes on. */
  detach(): void;
}
