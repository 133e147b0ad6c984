import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { makePipe } from '../linux/pipe.ts';
import { resizeTerminal } from '../linux/pty.ts';
import { openFdReceiver } from '../linux/receive-fd.ts';
import type { TerminalSize } from './protocol.ts';

/** The streams of a process that a runtime is about to make: three pipes, or a terminal that it will hand over. */
export interface PendingIo {
  /** Descriptors for the runtime's own standard streams; with a terminal it gets none. */
  readonly stdio: readonly [number | 'ignore', number | 'ignore', number | 'ignore'];
  /** Where the runtime sends the terminal. */
  readonly consoleSocket: string | undefined;
  /** Call once the process has been made. */
  open(): ProcessIo;
  /** Call when it has not. */
  abandon(): void;
}

export interface ProcessIo {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** null with a terminal, which has one stream for both. */
  readonly stderr: Readable | null;
  resize(size: TerminalSize): void;
  /** Stops reading and closes all; for descendants that keep a stream open after the process has ended. */
  close(): void;
}

export function pipeIo(options: { stdin: boolean }): PendingIo {
  const stdin = options.stdin ? makePipe() : null;
  const stdout = makePipe();
  const stderr = makePipe();
  const theirs = [...(stdin ? [stdin.readEnd] : []), stdout.writeEnd, stderr.writeEnd];
  const ours = [...(stdin ? [stdin.writeEnd] : []), stdout.readEnd, stderr.readEnd];
  return {
    stdio: [stdin?.readEnd ?? 'ignore', stdout.writeEnd, stderr.writeEnd],
    consoleSocket: undefined,
    open: () => {
      for (const fd of theirs) closeSync(fd);
      const streams = {
        stdin: stdin ? new Socket({ fd: stdin.writeEnd, readable: false, writable: true }) : null,
        stdout: new Socket({ fd: stdout.readEnd, readable: true, writable: false }),
        stderr: new Socket({ fd: stderr.readEnd, readable: true, writable: false }),
      };
      return { ...streams, resize: () => {}, close: () => destroyAll(streams.stdin, streams.stdout, streams.stderr) };
    },
    abandon: () => {
      for (const fd of [...theirs, ...ours]) closeSync(fd);
    },
  };
}

export function terminalIo(socketPath: string, size: TerminalSize | undefined): PendingIo {
  const receiver = openFdReceiver(socketPath);
  return {
    stdio: ['ignore', 'ignore', 'ignore'],
    consoleSocket: socketPath,
    open: () => {
      try {
        return openTerminal(receiver.receive(), size);
      } finally {
        receiver.close();
      }
    },
    abandon: () => receiver.close(),
  };
}

function openTerminal(fd: number, size: TerminalSize | undefined): ProcessIo {
  if (size) resizeTerminal(fd, size);
  const terminal = new ReadStream(fd);
  // Reading the master fails with EIO once the last process has closed the other side: that is a terminal's end of file (pty(7)).
  terminal.on('error', () => terminal.destroy());
  return { stdin: terminal, stdout: terminal, stderr: null, resize: next => resizeTerminal(fd, next), close: () => terminal.destroy() };
}

function destroyAll(...streams: (Socket | null)[]): void {
  for (const stream of streams) stream?.destroy();
}
