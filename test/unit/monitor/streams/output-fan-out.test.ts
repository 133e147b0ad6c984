import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { clientConnection, monitorConnection } from '../../../../src/monitor/connection.ts';
import type { LogDriver } from '../../../../src/monitor/logs/index.ts';
import { openSession } from '../../../../src/monitor/session.ts';
import { OutputFanOut } from '../../../../src/monitor/streams/index.ts';
import { socketPair } from '../../../support/socket-pair.ts';

const both = { stdout: true, stderr: true };
const exited = { event: 'exited', exitCode: 0, error: '' } as const;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'fan-out-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function countingLog() {
  const log = { bytes: 0, ended: [] as string[] };
  const driver: LogDriver = {
    write(_stream, chunk) {
      log.bytes += chunk.length;
      return true;
    },
    end: stream => void log.ended.push(stream),
    close: async () => {},
  };
  return { log, driver };
}

async function attach(fanOut: OutputFanOut, wants = both) {
  const [clientSocket, monitorSocket] = await socketPair();
  const monitor = monitorConnection(monitorSocket);
  const client = fanOut.attach(monitor, wants);
  const session = openSession(clientConnection(clientSocket), { autoRemove: false });
  session.exit.catch(() => {});
  return { client, monitor, session, clientSocket };
}

function* chunks(count: number): Generator<Buffer> {
  for (let at = 0; at < count; at++) yield Buffer.alloc(65_536, at % 251);
}

async function hash(stream: Readable): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of stream) sum.update(chunk);
  return sum.digest('hex');
}

test('64 MiB reach a client that begins to read when all is written, and hold back nobody', async t => {
  const spillFolder = folder(t);
  const { log, driver } = countingLog();
  const fanOut = new OutputFanOut(driver, { spillFolder });
  const slow = await attach(fanOut);
  const quick = await attach(fanOut);
  fanOut.addSource('stdout', Readable.from(chunks(1024)));
  const quickHash = hash(quick.session.stdout);
  await fanOut.drained(60_000);
  assert.equal(log.bytes, 64 * 1024 * 1024);
  for (const { client } of [slow, quick]) {
    client.queue.send(exited);
    client.queue.end();
  }
  const expected = await hash(Readable.from(chunks(1024)));
  assert.equal(await quickHash, expected);
  assert.equal(await hash(slow.session.stdout), expected);
  assert.deepEqual(await slow.session.exit, { exitCode: 0, error: '' });
  assert.deepEqual(readdirSync(spillFolder), []);
});

test('a client gets the streams it asked for, from when it came', async t => {
  const { driver } = countingLog();
  const fanOut = new OutputFanOut(driver, { spillFolder: folder(t) });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  fanOut.addSource('stdout', stdout);
  fanOut.addSource('stderr', stderr);
  stdout.write('before');
  await setImmediate();
  const { session, client } = await attach(fanOut, { stdout: false, stderr: true });
  stdout.end('out');
  stderr.end('err');
  await fanOut.drained(5000);
  client.queue.send(exited);
  const seen = await Promise.all([session.stdout.toArray(), session.stderr.toArray()]);
  assert.deepEqual(
    seen.map(parts => Buffer.concat(parts).toString()),
    ['', 'err'],
  );
});

test('a client too slow for the room there is gets a message and goes, the others stay', async t => {
  const { driver } = countingLog();
  const fanOut = new OutputFanOut(driver, { spillFolder: folder(t), memoryBytes: 1024, spillBytes: 100_000 });
  const slow = await attach(fanOut);
  const quick = await attach(fanOut);
  const received = hash(quick.session.stdout);
  const source = new PassThrough();
  fanOut.addSource('stdout', source);
  for (const chunk of chunks(64)) {
    if (!source.write(chunk)) await once(source, 'drain');
    await setImmediate();
  }
  source.end();
  await fanOut.drained(5000);
  quick.client.queue.send(exited);
  quick.client.queue.end();
  assert.equal(await received, await hash(Readable.from(chunks(64))));
  slow.session.stdout.resume();
  await assert.rejects(slow.session.exit, { code: 'CLIENT_TOO_SLOW' });
});

test('a client that dies in the middle is forgotten', async t => {
  const spillFolder = folder(t);
  const { log, driver } = countingLog();
  const fanOut = new OutputFanOut(driver, { spillFolder });
  const { clientSocket, monitor } = await attach(fanOut);
  const source = new PassThrough();
  fanOut.addSource('stdout', source);
  clientSocket.pause();
  for (const chunk of chunks(32)) source.write(chunk);
  const closed = once(monitor, 'close');
  clientSocket.destroy();
  await closed;
  source.end('x');
  await fanOut.drained(5000);
  assert.equal(log.bytes, 32 * 65_536 + 1);
  assert.deepEqual([...fanOut.clients], []);
});

test('only the log holds the process back', async t => {
  let roomy = false;
  let seen = 0;
  const log: LogDriver = {
    write(_stream, chunk) {
      seen += chunk.length;
      return roomy;
    },
    end: () => {},
    close: async () => {},
  };
  const fanOut = new OutputFanOut(log, { spillFolder: folder(t) });
  const source = new PassThrough();
  fanOut.addSource('stdout', source);
  source.write(Buffer.alloc(1000));
  await setImmediate();
  assert.equal(source.isPaused(), true);
  source.write(Buffer.alloc(1000));
  await setImmediate();
  assert.equal(seen, 1000);
  roomy = true;
  fanOut.resume();
  source.end();
  await fanOut.drained(5000);
  assert.equal(seen, 2000);
});

test('output that a process left behind keeps open is cut off after the grace', async t => {
  const { log, driver } = countingLog();
  const fanOut = new OutputFanOut(driver, { spillFolder: folder(t) });
  fanOut.addSource('stdout', new PassThrough());
  await fanOut.drained(10);
  assert.deepEqual(log.ended, ['stdout']);
});
