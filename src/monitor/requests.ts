import { messageOf, UserError } from '../core/errors.ts';
import { explainSystemError } from '../core/system-failure.ts';
import type { MonitorConnection } from './connection.ts';
import { noLog } from './logs/driver.ts';
import { complain } from './monitor-log.ts';
import { type Message, PROTOCOL, type Request } from './protocol.ts';
import { OutputFanOut, StdinFanIn } from './streams/index.ts';
import type { Supervisor } from './supervisor.ts';

/** What the server lends to the requests. */
export interface Serving {
  readonly supervisor: Supervisor;
  /** Folder for what slow clients have not read yet. */
  readonly spillFolder: string;
  stopSignal(): number;
  reload(): void;
}

/** How long an exec's output that another process keeps open is read after the process has ended, ms. */
const EXEC_DRAIN_MS = 200;

type Purpose = Exclude<Request, { op: 'hello' | 'start' | 'resize' }>;

/**
 * Serves one client that has said hello: its one request gives the connection its purpose. Failures are answered, never thrown.
 */
export function serve(serving: Serving, connection: MonitorConnection): void {
  connection.once('message', request => {
    if (request.op === 'hello' || request.op === 'start' || request.op === 'resize') return refuse(connection, request.op);
    answer(serving, connection, request).catch(error => fail(connection, error));
  });
}

/** Answers `hello`, and refuses another version by name. */
export function greet(connection: MonitorConnection, then: () => void): void {
  connection.once('message', request => {
    if (request.op !== 'hello') return refuse(connection, request.op);
    if (request.protocol !== PROTOCOL) return fail(connection, otherVersion(request.protocol));
    then();
    connection.send({ event: 'ready', protocol: PROTOCOL });
  });
}

export function fail(connection: MonitorConnection, error: unknown): void {
  connection.send(failure(error));
  connection.end();
}

async function answer(serving: Serving, connection: MonitorConnection, request: Purpose): Promise<void> {
  const { supervisor } = serving;
  switch (request.op) {
    case 'attach':
      supervisor.attach({ connection, streams: request.streams });
      if (request.size) supervisor.resize(request.size);
      steer(serving, connection);
      connection.send({ event: 'attached' });
      return;
    case 'exec':
      return await serveExec(serving, connection, request);
    case 'signal':
      supervisor.signal(request.signal, serving.stopSignal());
      return finish(connection, { event: 'ok' });
    case 'stop':
      await supervisor.stop(request.signal, request.timeoutSeconds);
      return finish(connection, { event: 'ok' });
    case 'restart':
      await supervisor.restart(request.signal, request.timeoutSeconds);
      return finish(connection, { event: 'ok' });
    case 'pause':
      await supervisor.pause();
      return finish(connection, { event: 'ok' });
    case 'unpause':
      await supervisor.unpause();
      return finish(connection, { event: 'ok' });
    case 'wait':
      return finish(connection, { event: 'exited', ...(await supervisor.nextExit()) });
    case 'pids':
      return finish(connection, { event: 'pids', pids: supervisor.pids() });
    case 'reload':
      serving.reload();
      return finish(connection, { event: 'ok' });
  }
}

/** An attached client may resize and signal for as long as it stays. */
export function steer(serving: Serving, connection: MonitorConnection): void {
  connection.on('message', request => {
    if (!serving.supervisor.isRunning) return;
    if (request.op === 'resize') serving.supervisor.resize(request.size);
    else if (request.op === 'signal') serving.supervisor.signal(request.signal, serving.stopSignal());
  });
}

async function serveExec(serving: Serving, connection: MonitorConnection, request: Extract<Request, { op: 'exec' }>): Promise<void> {
  const { streams, detach } = request.exec;
  const exec = await serving.supervisor.exec(request.exec);
  const fanOut = new OutputFanOut(noLog, { spillFolder: serving.spillFolder });
  const client = detach ? undefined : fanOut.attach(connection, streams);
  connection.send({ event: 'started', pid: exec.pid });
  fanOut.addSource('stdout', exec.io.stdout);
  if (exec.io.stderr) fanOut.addSource('stderr', exec.io.stderr);
  if (exec.io.stdin) {
    const stdin = new StdinFanIn(exec.io.stdin, { closeWithClient: !request.exec.tty });
    if (detach || !streams.stdin) stdin.end();
    else stdin.attach(connection);
  }
  if (!client) {
    connection.end();
    await exec.exited;
    return;
  }
  connection.on('message', message => {
    if (message.op === 'resize') exec.io.resize(message.size);
    else if (message.op === 'signal') process.kill(exec.pid, message.signal);
  });
  const exitCode = await exec.exited;
  await fanOut.drained(EXEC_DRAIN_MS);
  client.queue.send({ event: 'exited', exitCode, error: '' });
  client.queue.end();
}

function finish(connection: MonitorConnection, message: Message): void {
  connection.send(message);
  connection.end();
}

function refuse(connection: MonitorConnection, op: string): void {
  fail(connection, new UserError('invalid', 'PROTOCOL', `the monitor does not take ${op} here`));
}

function otherVersion(version: number): UserError {
  return new UserError(
    'unsupported',
    'PROTOCOL_VERSION',
    `this container was started by another version of tsdocker (protocol ${PROTOCOL}, asked for ${version})`,
    {
      hint: 'stop it with the version that started it, or: tsdocker rm -f',
    },
  );
}

function failure(thrown: unknown): Message {
  const error = explainSystemError(thrown);
  if (!(error instanceof UserError)) {
    complain('this is a bug', error);
    return { event: 'failed', kind: 'external', code: 'MONITOR_BUG', message: `the monitor failed: ${messageOf(error)}` };
  }
  const { kind, code, message, hint, exitCode } = error;
  return { event: 'failed', kind, code, message, ...(hint === undefined ? {} : { hint }), ...(exitCode === undefined ? {} : { exitCode }) };
}
