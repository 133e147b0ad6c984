import { closeSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { duplicate, makePipe } from '../linux/pipe.ts';
import { resizeTerminal } from '../linux/pty.ts';
import { openFdReceiver } from '../linux/receive-fd.ts';
import type { TerminalSize } from './protocol.ts';
import { socketPathForOthers } from './socket-path.ts';
import { openInputPipe, openOutputPipe, openTerminal } from './streams/index.ts';

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
      return {
        stdin: stdin ? openInputPipe(stdin.writeEnd) : null,
        stdout: openOutputPipe(stdout.readEnd),
        stderr: openOutputPipe(stderr.readEnd),
        resize: () => {},
      };
    },
    abandon: () => {
      for (const fd of [...theirs, ...ours]) closeSync(fd);
    },
  };
}

export function terminalIo(socketPath: string, size: TerminalSize | undefined): PendingIo {
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
  const { path, release } = socketPathForOthers(socketPath);
  const receiver = openFdReceiver(path);
  const close = () => {
    receiver.close();
    release();
  };
  return {
    stdio: ['ignore', 'ignore', 'ignore'],
    consoleSocket: path,
    open: () => {
      try {
        return receiveTerminal(receiver.receive(), size);
      } finally {
        close();
      }
    },
    abandon: close,
  };
}

function receiveTerminal(fd: number, size: TerminalSize | undefined): ProcessIo {
  if (size) resizeTerminal(fd, size);
  const { input, output } = openTerminal(fd, duplicate(fd));
  return { stdin: input, stdout: output, stderr: null, resize: next => resizeTerminal(fd, next) };
}
