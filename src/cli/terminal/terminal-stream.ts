import type { Readable, Writable } from 'node:stream';
import { ReadStream, WriteStream } from 'node:tty';

export function isTerminalInput(stream: Readable): stream is ReadStream {
  return stream instanceof ReadStream;
}

export function isTerminalOutput(stream: Writable): stream is WriteStream {
  return stream instanceof WriteStream;
}

/** The window of whichever of the streams is a terminal, or undefined. */
export function windowSize(...streams: readonly Writable[]): { columns: number; rows: number } | undefined {
  const terminal = streams.find(isTerminalOutput);
  // A terminal that nobody sized (a serial line) says 0x0, which programs take for «no room at all».
  return terminal && terminal.columns > 0 && terminal.rows > 0 ? { columns: terminal.columns, rows: terminal.rows } : undefined;
}
