import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { errnoOf, UserError } from '../core/errors.ts';
import type { AttachOptions, Session } from '../core/session.ts';
import { type ClientConnection, clientConnection, failure } from './connection.ts';
import { type ExecSpec, type Message, PROTOCOL, type Request, type TerminalSize } from './protocol.ts';
import { openSession } from './session.ts';
import { shortSocketPath } from './socket-path.ts';

const answerTimeoutMs = 30_000;

type Named<E extends Message['event']> = Extract<Message, { event: E }>;

/**
 * The engine's side of one connection to a monitor. Each carries one request: the methods that answer with plain data close it when
 * they are done, those that answer with a session leave it to the session.
 * All throw what the monitor answered as `failed`, and UserError `MONITOR_LOST` or `MONITOR_TIMEOUT`.
 */
export class MonitorClient {
  readonly #connection: ClientConnection;

  constructor(connection: ClientConnection) {
    this.#connection = connection;
  }

  /** Starts the container and leaves it; answers init's pid. */
  start(id: string, options: { timeoutMs?: number } = {}): Promise<number> {
    return this.#once({ op: 'start', id, attach: null }, 'started', options.timeoutMs).then(({ pid }) => pid);
  }

  /** As {@link start}, and stays; the session misses no byte. `autoRemove` as for {@link openSession}. */
  startAttached(id: string, attach: AttachOptions, options: { autoRemove: boolean; timeoutMs?: number }): Promise<Session> {
    const { streams, size } = splitAttach(attach);
    return this.#session({ op: 'start', id, attach: streams, ...size }, 'started', options);
  }

  attach(attach: AttachOptions, options: { autoRemove: boolean }): Promise<Session> {
    const { streams, size } = splitAttach(attach);
    return this.#session({ op: 'attach', streams, ...size }, 'attached', options);
  }

  /** Answers null for a detached exec. */
  async exec(exec: ExecSpec): Promise<Session | null> {
    if (!exec.detach)
      return this.#session({ op: 'exec', exec }, 'started', {
        autoRemove: false,
      });
    await this.#once({ op: 'exec', exec }, 'started');
    return null;
  }

  /** Answers when the container has ended; `timeoutSeconds` -1 waits for ever. */
  async stop(signal: number, timeoutSeconds: number): Promise<void> {
    await this.#once({ op: 'stop', signal, timeoutSeconds }, 'ok', stopTimeout(timeoutSeconds));
  }

  async restart(signal: number, timeoutSeconds: number): Promise<void> {
    await this.#once({ op: 'restart', signal, timeoutSeconds }, 'ok', stopTimeout(timeoutSeconds));
  }

  async signal(signal: number): Promise<void> {
    await this.#once({ op: 'signal', signal }, 'ok');
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.#once({ op: 'resize', size }, 'ok');
  }

  async pause(): Promise<void> {
    await this.#once({ op: 'pause' }, 'ok');
  }

  async unpause(): Promise<void> {
    await this.#once({ op: 'unpause' }, 'ok');
  }

  async reload(): Promise<void> {
    await this.#once({ op: 'reload' }, 'ok');
  }

  /** The container's next exit, however long it takes. */
  async wait(): Promise<{ exitCode: number; error: string }> {
    const { exitCode, error } = await this.#once({ op: 'wait' }, 'exited', Number.POSITIVE_INFINITY);
    return { exitCode, error };
  }

  async pids(): Promise<readonly number[]> {
    return (await this.#once({ op: 'pids' }, 'pids')).pids;
  }

  close(): void {
    this.#connection.destroy();
  }

  async #session(
    request: Request,
    expected: 'started' | 'attached',
    options: { autoRemove: boolean; timeoutMs?: number },
  ): Promise<Session> {
    // The session listens first: output may come in the same read as the answer.
    const session = openSession(this.#connection, options);
    session.exit.catch(() => {});
    try {
      await this.#ask(request, expected, options.timeoutMs);
    } catch (error) {
      this.close();
      throw error;
    }
    return session;
  }

  async #once<E extends Message['event']>(request: Request, expected: E, timeoutMs?: number): Promise<Named<E>> {
    try {
      return await this.#ask(request, expected, timeoutMs);
    } finally {
      this.close();
    }
  }

  #ask<E extends Message['event']>(request: Request, expected: E, timeoutMs = answerTimeoutMs): Promise<Named<E>> {
    return ask(this.#connection, request, expected, timeoutMs);
  }
}

/**
 * @throws UserError `MONITOR_GONE` when nobody listens at `socketPath` (the monitor died: reconcile), `MONITOR_TIMEOUT`
 */
export async function connectMonitor(socketPath: string, options: { timeoutMs: number }): Promise<MonitorClient> {
  return adoptMonitor(await connect(socketPath), options);
}

/** As {@link connectMonitor}, over a socket that is connected to a monitor already. */
export async function adoptMonitor(socket: Socket, options: { timeoutMs: number }): Promise<MonitorClient> {
  const connection = clientConnection(socket);
  try {
    await ask(connection, { op: 'hello', protocol: PROTOCOL }, 'ready', options.timeoutMs);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return new MonitorClient(connection);
}

async function ask<E extends Message['event']>(
  connection: ClientConnection,
  request: Request,
  expected: E,
  timeoutMs: number,
): Promise<Named<E>> {
  const answer = connection.next(Number.isFinite(timeoutMs) ? timeoutMs : undefined);
  // Without this, a send that throws would leave the wait's later rejection unheard.
  answer.catch(() => {});
  connection.send(request);
  const message = await answer;
  if (isNamed(message, expected)) return message;
  if (message.event === 'failed') throw failure(message);
  throw new Error(`the monitor answered ${message.event} to ${request.op}, expected ${expected}`);
}

function isNamed<E extends Message['event']>(message: Message, event: E): message is Named<E> {
  return message.event === event;
}

async function connect(socketPath: string): Promise<Socket> {
  let release = () => {};
  try {
    const short = shortSocketPath(socketPath);
    release = short.release;
    const socket = createConnection({ path: short.path });
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    throw unreachable(socketPath, error);
  } finally {
    release();
  }
}

function unreachable(socketPath: string, error: unknown): UserError {
  const errno = errnoOf(error);
  const gone = errno === 'ENOENT' || errno === 'ECONNREFUSED';
  return new UserError(
    gone ? 'not-found' : 'external',
    gone ? 'MONITOR_GONE' : 'MONITOR_UNREACHABLE',
    `no monitor answers at ${socketPath} (${errno ?? String(error)})`,
    { cause: error },
  );
}

/** The monitor itself sends SIGKILL after the time given: only a broken one takes longer than this. */
function stopTimeout(timeoutSeconds: number): number {
  return timeoutSeconds < 0 ? Number.POSITIVE_INFINITY : timeoutSeconds * 1000 + answerTimeoutMs;
}

function splitAttach(attach: AttachOptions): {
  streams: { stdin: boolean; stdout: boolean; stderr: boolean };
  size: { size?: TerminalSize };
} {
  const { stdin, stdout, stderr, size } = attach;
  return {
    streams: { stdin, stdout, stderr },
    size: size === undefined ? {} : { size },
  };
}
