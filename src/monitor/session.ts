import { Readable, Writable } from 'node:stream';
import type { ExitStatus, Session } from '../core/session.ts';
import { type ClientConnection, connectionLost, failure } from './connection.ts';
import { splitPayload } from './frames.ts';
import { FrameKind, type Message, STDIN_WINDOW } from './protocol.ts';

/**
 * The session that `connection` carries from now on. `autoRemove`: the container was run with --rm, and `exit` waits until it is gone.
 */
export function openSession(connection: ClientConnection, options: { autoRemove: boolean }): Session {
  const output = openOutputs(connection);
  const stdin = new StdinSender(connection);
  const exit = exitOf(connection, options.autoRemove);
  connection.on('close', () => {
    output.end();
    stdin.destroy();
  });
  connection.on('message', ({ event }) => {
    if (event === 'exited') output.end();
  });
  return {
    stdin,
    stdout: output.stdout,
    stderr: output.stderr,
    exit,
    resize: (columns, rows) => void connection.send({ op: 'resize', size: { columns, rows } }),
    signal: signal => void connection.send({ op: 'signal', signal }),
    detach: () => connection.destroy(),
  };
}

/** Two readables fed from one socket, which is read only while both have room. */
function openOutputs(connection: ClientConnection) {
  const full = new Set<Readable>();
  const open = (): Readable => {
    const stream: Readable = new Readable({
      read() {
        if (full.delete(stream) && full.size === 0) connection.resume();
      },
      destroy(error, done) {
        // Nobody reads this one any more; the other and the exit must still arrive.
        if (full.delete(stream) && full.size === 0) connection.resume();
        done(error);
      },
    });
    return stream;
  };
  const stdout = open();
  const stderr = open();
  connection.on('bytes', (kind, payload) => {
    const stream = kind === FrameKind.stderr ? stderr : stdout;
    if (stream.destroyed || stream.readableEnded || stream.push(payload)) return;
    full.add(stream);
    connection.pause();
  });
  return {
    stdout,
    stderr,
    end: () => {
      for (const stream of [stdout, stderr]) if (!stream.destroyed) stream.push(null);
    },
  };
}

function exitOf(connection: ClientConnection, autoRemove: boolean): Promise<ExitStatus> {
  return new Promise((resolve, reject) => {
    let status: ExitStatus | undefined;
    const settle = (value: ExitStatus) => {
      resolve(value);
      connection.end();
    };
    connection.on('message', (message: Message) => {
      if (message.event === 'exited') {
        status = { exitCode: message.exitCode, error: message.error };
        if (!autoRemove) settle(status);
      } else if (message.event === 'removed' && status !== undefined) settle(status);
      // After the request's own answer, this tells why the monitor gives the session up.
      else if (message.event === 'failed') reject(failure(message));
    });
    connection.on('close', reason => {
      // A monitor that dies while removing has still told how the process ended.
      if (status !== undefined) resolve(status);
      else reject(connectionLost(reason));
    });
  });
}

/** Sends no more than the monitor's window allows: see STDIN_WINDOW. */
class StdinSender extends Writable {
  readonly #connection: ClientConnection;
  #window = STDIN_WINDOW;
  #waiting: (() => void) | undefined;

  constructor(connection: ClientConnection) {
    super({ highWaterMark: 64 * 1024 });
    this.#connection = connection;
    connection.on('message', message => {
      if (message.event !== 'window') return;
      this.#window += message.bytes;
      this.#goOn();
    });
    connection.on('drain', () => this.#goOn());
    // A process that reads no input any more is ordinary (`yes | head`): the writer learns it from the exit.
    this.on('error', () => {});
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const pieces = [...splitPayload(chunk)];
    const sendNext = (): void => {
      for (;;) {
        const piece = pieces[0];
        if (piece === undefined) {
          done();
          return;
        }
        if (this.#window === 0) break;
        const part = piece.subarray(0, this.#window);
        if (part.length === piece.length) pieces.shift();
        else pieces[0] = piece.subarray(part.length);
        this.#window -= part.length;
        if (!this.#connection.sendBytes(FrameKind.stdin, part)) break;
      }
      this.#waiting = sendNext;
    };
    sendNext();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.sendStdinEnd();
    done();
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
