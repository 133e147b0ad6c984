import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { adoptMonitor, connectMonitor } from '../../../src/monitor/client.ts';
import { type MonitorConnection, monitorConnection } from '../../../src/monitor/connection.ts';
import { FrameKind, type Message, type Request } from '../../../src/monitor/protocol.ts';
import { shortSocketPath } from '../../../src/monitor/socket-path.ts';
import { StdinFanIn } from '../../../src/monitor/streams/index.ts';
import { socketPair } from '../../support/socket-pair.ts';

const all = { stdin: true, stdout: true, stderr: true };
const limit = { timeoutMs: 5000 };

/** A monitor that answers by a table, and greets. */
function serve(socket: Socket, answer: (request: Request, connection: MonitorConnection) => Message | undefined): MonitorConnection {
  const connection = monitorConnection(socket);
  connection.on('message', request => {
    const message: Message | undefined = request.op === 'hello' ? { event: 'ready', protocol: 1 } : answer(request, connection);
    if (message !== undefined) connection.send(message);
  });
  return connection;
}

async function clientOf(answer: Parameters<typeof serve>[1]) {
  const [clientSocket, monitorSocket] = await socketPair();
  const monitor = serve(monitorSocket, answer);
  return { monitor, client: await adoptMonitor(clientSocket, limit) };
}

test('a monitor is reached at a path of any length', async t => {
  const root = mkdtempSync(join(tmpdir(), 'client-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folder = join(root, 'x'.repeat(120));
  mkdirSync(folder);
  const path = join(folder, 'monitor.sock');
  const server = createServer(socket => void serve(socket, () => ({ event: 'pids', pids: [1, 2] })));
  const short = shortSocketPath(path);
  server.listen(short.path);
  await once(server, 'listening');
  short.release();
  assert.deepEqual(await (await connectMonitor(path, limit)).pids(), [1, 2]);
  server.close();
});

test('a monitor that is not there is told from one that does not answer', async t => {
  const root = mkdtempSync(join(tmpdir(), 'client-'));
  t.after(() => rmSync(root, { recursive: true }));
  await assert.rejects(connectMonitor(join(root, 'none.sock'), limit), { code: 'MONITOR_GONE' });
  await assert.rejects(connectMonitor(join(root, 'no', 'x'.repeat(120)), limit), { code: 'MONITOR_GONE' });
  const server = createServer(() => {}).listen(join(root, 's'));
  await once(server, 'listening');
  await assert.rejects(connectMonitor(join(root, 's'), { timeoutMs: 20 }), { code: 'MONITOR_TIMEOUT' });
  server.close();
});

test('what the monitor reports as failed is thrown as it was', async () => {
  const { client } = await clientOf(() => ({ event: 'failed', kind: 'conflict', code: 'NOT_PAUSED', message: 'it runs', exitCode: 126 }));
  await assert.rejects(client.unpause(), { kind: 'conflict', code: 'NOT_PAUSED', message: 'it runs', exitCode: 126 });
});

test('an answer to another question is a bug that names both', async () => {
  const { client } = await clientOf(() => ({ event: 'removed' }));
  await assert.rejects(client.pause(), /answered removed to pause, expected ok/);
});

test('a session carries a process: input, both outputs, then its exit', async () => {
  const { client } = await clientOf((request, connection) => {
    if (request.op !== 'attach') return undefined;
    const input = new PassThrough();
    new StdinFanIn(input, { closeWithClient: true }).attach(connection);
    void buffer(input).then(received => {
      connection.sendBytes(FrameKind.stdout, received);
      connection.sendBytes(FrameKind.stderr, Buffer.from(`${received.length}`));
      connection.send({ event: 'exited', exitCode: 7, error: '' });
    });
    return { event: 'attached' };
  });
  const session = await client.attach(all, { autoRemove: false });
  const sent = Buffer.alloc(3_000_000, 'abc');
  session.stdin.end(sent);
  const [out, err, exit] = await Promise.all([buffer(session.stdout), text(session.stderr), session.exit]);
  assert.ok(out.equals(sent));
  assert.equal(err, '3000000');
  assert.deepEqual(exit, { exitCode: 7, error: '' });
});

test('a signal passes input that the process does not read', async () => {
  const signals: Request[] = [];
  const { client, monitor } = await clientOf((request, connection) => {
    if (request.op === 'attach') {
      const unread = new PassThrough({ highWaterMark: 1 });
      new StdinFanIn(unread, { closeWithClient: true }).attach(connection);
      return { event: 'attached' };
    }
    signals.push(request);
    connection.send({ event: 'exited', exitCode: 130, error: '' });
    return undefined;
  });
  const session = await client.attach(all, { autoRemove: false });
  session.stdout.resume();
  session.stdin.write(Buffer.alloc(10_000_000));
  session.signal(2);
  assert.deepEqual(await session.exit, { exitCode: 130, error: '' });
  assert.deepEqual(signals, [{ op: 'signal', signal: 2 }]);
  monitor.destroy();
});

test('exit waits for the removal of a container run with --rm, and takes the exit it knows when the monitor dies', async () => {
  for (const dies of [false, true]) {
    const { client, monitor } = await clientOf(() => ({ event: 'started', pid: 9 }));
    const session = await client.startAttached('id', all, { autoRemove: true });
    let settled = false;
    const exit = session.exit.finally(() => {
      settled = true;
    });
    session.stdout.resume();
    monitor.send({ event: 'exited', exitCode: 1, error: '' });
    await once(session.stdout, 'end');
    assert.equal(settled, false);
    if (dies) monitor.destroy();
    else monitor.send({ event: 'removed' });
    assert.equal((await exit).exitCode, 1);
  }
});

test('a lost connection ends the streams and rejects exit', async () => {
  const { client, monitor } = await clientOf(() => ({ event: 'attached' }));
  const session = await client.attach(all, { autoRemove: false });
  const output = text(session.stdout);
  monitor.sendBytes(FrameKind.stdout, Buffer.from('last words'));
  monitor.end();
  assert.equal(await output, 'last words');
  await assert.rejects(session.exit, { code: 'MONITOR_LOST' });
});

test('one who leaves with detach takes nothing along', async () => {
  const { client, monitor } = await clientOf(() => ({ event: 'attached' }));
  const session = await client.attach(all, { autoRemove: false });
  session.detach();
  const [reason] = await once(monitor, 'close');
  assert.equal(reason, undefined);
  await assert.rejects(session.exit, { code: 'MONITOR_LOST' });
});
