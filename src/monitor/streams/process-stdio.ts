import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { ReadStream, WriteStream } from 'node:tty';

/** The monitor's end of a pipe (or socket) that a process writes to; owns `fd`. */
export function openOutputPipe(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false });
}

/** The monitor's end of a pipe (or socket) that a process reads from; owns `fd`. */
export function openInputPipe(fd: number): Writable {
  const socket = new Socket({ fd, readable: false, writable: true });
  return socket;
}

/** The controlling end of a pseudo-terminal, both directions; owns both descriptors, which must be two of the one terminal. */
export function openTerminal(readFd: number, writeFd: number): { output: Readable; input: Writable } {
  return { output: new ReadStream(readFd), input: new WriteStream(writeFd) };
}
