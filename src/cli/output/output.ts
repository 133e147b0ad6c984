import type { Writable } from 'node:stream';
import { escapeControls } from './escape-controls.ts';

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Where a command prints. `line` and `error` are for text of ours; bytes of a container go to the streams as they are. */
export interface Output {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Text that may hold data from outside: one line, control characters escaped. */
  line(text: string): void;
  /** Text as it is, for JSON and what was escaped before. */
  write(text: string): void;
  /** One escaped line to standard error. */
  error(text: string): void;
}

export function makeOutput(stdout: OutputStream, stderr: OutputStream): Output {
  return {
    stdout,
    stderr,
    line: text => void stdout.write(`${escapeControls(text)}\n`),
    write: text => void stdout.write(text),
    error: text => void stderr.write(`${escapeControls(text)}\n`),
  };
}
