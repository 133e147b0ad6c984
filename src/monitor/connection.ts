import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import * as v from 'valibot';
import { messageOf, UserError } from '../core/errors.ts';
import { encodeMessage, FrameDecoder, frameHeader, splitPayload } from './frames.ts';
import { FrameKind, type Message, type Request } from './protocol.ts';
import { MessageSchema, RequestSchema } from './protocol-schemas.ts';

export type StreamKind = Exclude<FrameKind, typeof FrameKind.message | typeof FrameKind.stdinEnd>;

interface ConnectionEvents<Incoming> {
  message: [message: Incoming];
  bytes: [kind: StreamKind, payload: Buffer];
  stdinEnd: [];
  /** After a send answered false: there is room again. */
  drain: [];
  /** Once, last; with the reason unless the peer closed in good order. */
  close: [reason: Error | undefined];
}

/**
 * One end of a connection between a monitor and a client. A peer that closes, breaks or talks rubbish is the event `close`,
 * never an exception; what is sent after that is dropped.
 */
export class Connection<Incoming extends Request | Message, Outgoing extends Request | Message> extends EventEmitter<
  ConnectionEvents<Incoming>
> {
  readonly #socket: Socket;
  readonly #schema: v.GenericSchema<unknown, Incoming>;
  readonly #decoder = new FrameDecoder();
  #reason: Error | undefined;
  #open: boolean;

  constructor(socket: Socket, schema: v.GenericSchema<unknown, Incoming>) {
    super();
    this.#socket = socket;
    this.#schema = schema;
    // A peer that died before we came to listen will not be heard to close.
    this.#open = !socket.destroyed;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // One that was paused by its maker would stay so.
    socket.resume();
    socket.on('drain', () => this.emit('drain'));
    socket.on('error', error => {
      this.#reason ??= error;
    });
    socket.on('end', () => this.#ended());
    socket.on('close', () => {
      this.#open = false;
      this.emit('close', this.#reason);
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Bytes handed over and not yet taken by the kernel. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** False when the peer reads slower than we send: wait for `drain`. @throws UserError `MESSAGE_TOO_LONG` */
  send(message: Outgoing): boolean {
    return this.sendEncoded(encodeMessage(message));
  }

  /** As {@link send}; `bytes` must stay as they are until sent. */
  sendBytes(kind: StreamKind, bytes: Buffer): boolean {
    if (!this.#open) return true;
    let roomy = true;
    this.#socket.cork();
    for (const payload of splitPayload(bytes)) {
      this.#socket.write(frameHeader(kind, payload.length));
      roomy = this.#socket.write(payload);
    }
    this.#socket.uncork();
    return roomy;
  }

  sendStdinEnd(): boolean {
    return this.sendEncoded(frameHeader(FrameKind.stdinEnd, 0));
  }

  /** Sends what is framed already (a queue's spill file). */
  sendEncoded(frames: Buffer): boolean {
    return this.#open ? this.#socket.write(frames) : true;
  }

  /** Stops reading, so that the peer is held back. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Lets the process end although this connection is open. */
  unref(): void {
    this.#socket.unref();
  }

  /** Closes after what was sent has gone out. */
  end(): void {
    this.#socket.end();
    this.#socket.resume();
  }

  /** Closes at once. */
  destroy(reason?: Error): void {
    this.#open = false;
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  /**
   * The next message, within `timeoutMs` (undefined: however long it takes).
   * @throws UserError `MONITOR_TIMEOUT`, `MONITOR_LOST`
   */
  next(timeoutMs: number | undefined): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.off('message', onMessage);
        this.off('close', onClose);
      };
      const onMessage = (message: Incoming) => {
        settle();
        resolve(message);
      };
      const onClose = (reason: Error | undefined) => {
        settle();
        reject(connectionLost(reason));
      };
      const onTimeout = () => {
        settle();
        reject(monitorTimeout(timeoutMs ?? 0));
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
      if (!this.#open) return onClose(this.#reason);
      this.on('message', onMessage);
      this.on('close', onClose);
    });
  }

  #receive(chunk: Buffer): void {
    try {
      for (const { kind, payload } of this.#decoder.push(chunk)) {
        if (!this.#open) return;
        if (kind === FrameKind.message) this.emit('message', this.#parse(payload));
        else if (kind === FrameKind.stdinEnd) this.emit('stdinEnd');
        else this.emit('bytes', kind, payload);
      }
    } catch (error) {
      if (!isPeerFault(error)) throw error;
      this.destroy(error);
    }
  }

  #parse(payload: Buffer): Incoming {
    let value: unknown;
    try {
      value = JSON.parse(payload.toString());
    } catch (error) {
      throw new ProtocolError(`a message is not JSON: ${messageOf(error)}`);
    }
    const result = v.safeParse(this.#schema, value);
    if (result.success) return result.output;
    throw new ProtocolError(`a message is not of this protocol: ${v.summarize(result.issues)}`);
  }

  #ended(): void {
    if (this.#decoder.isMidFrame) this.#reason ??= new ProtocolError('the peer left within a frame');
  }
}

/** The peer sent a frame whose content this protocol does not know. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export type ClientConnection = Connection<Message, Request>;
export type MonitorConnection = Connection<Request, Message>;

/** The client's end: takes messages, sends requests. */
export function clientConnection(socket: Socket): ClientConnection {
  return new Connection<Message, Request>(socket, MessageSchema);
}

/** The monitor's end: takes requests, sends messages. */
export function monitorConnection(socket: Socket): MonitorConnection {
  return new Connection<Request, Message>(socket, RequestSchema);
}

export function connectionLost(reason: Error | undefined): UserError {
  const because = reason === undefined ? '' : `: ${reason.message}`;
  return new UserError('external', 'MONITOR_LOST', `the connection to the container's monitor was lost${because}`, {
    cause: reason,
    hint: 'tsdocker ps -a shows what has become of the container',
  });
}

/** What the monitor reported, as the error it was there. */
export function failure(failed: Extract<Message, { event: 'failed' }>): UserError {
  const { kind, code, message, hint, exitCode } = failed;
  return new UserError(kind, code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(exitCode === undefined ? {} : { exitCode }),
  });
}

function monitorTimeout(timeoutMs: number): UserError {
  return new UserError('unavailable', 'MONITOR_TIMEOUT', `the container's monitor did not answer within ${timeoutMs / 1000} seconds`);
}

function isPeerFault(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'FrameError' || error.name === 'ProtocolError');
}
