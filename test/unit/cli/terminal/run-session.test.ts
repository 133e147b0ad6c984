import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:os';
import { PassThrough, Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { runSession, type SessionSettings } from '../../../../src/cli/terminal/run-session.ts';
import { fakeSession } from '../../../support/session.ts';

const plain: SessionSettings = { stdin: true, tty: false, detachKeys: undefined, sigProxy: false };

function streams(input: Readable = Readable.from([])) {
  return { stdin: input, stdout: new PassThrough(), stderr: new PassThrough() };
}

test('output arrives apart and whole, then the exit code', async () => {
  const session = fakeSession();
  const ours = streams();
  const end = runSession(session, ours, plain);
  session.stdout.write('out');
  session.stderr.write('err');
  session.end(42);
  assert.deepEqual(await end, { detached: false, exitCode: 42 });
  assert.equal(ours.stdout.read()?.toString(), 'out');
  assert.equal(ours.stderr.read()?.toString(), 'err');
});

test('8 MB of input arrive whole at a process that reads slowly, and then their end', async () => {
  const size = 8 << 20;
  let received = 0;
  const session = fakeSession({
    stdin: new Writable({
      highWaterMark: 1024,
      write(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        setImmediate(done);
      },
    }),
  });
  const input = Readable.from(Array.from({ length: size >> 16 }, () => Buffer.alloc(1 << 16)));
  const end = runSession(session, streams(input), plain);
  await once(session.stdin, 'finish');
  assert.equal(received, size);
  session.end(0);
  await end;
});

test('a slow reader of ours holds the process back instead of filling memory', async () => {
  const session = fakeSession();
  const slow = new Writable({ highWaterMark: 1024, write: () => {} });
  const end = runSession(session, { ...streams(), stdout: slow }, plain);
  end.catch(() => {});
  let held = false;
  for (let i = 0; i < 1000 && !held; i += 1) {
    held = !session.stdout.write(Buffer.alloc(16 << 10));
    await new Promise(setImmediate);
  }
  assert.ok(held);
});

test('a process that ends before it read its input is no failure', async () => {
  const session = fakeSession();
  const end = runSession(session, streams(new PassThrough()), plain);
  session.stdin.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  session.end(3);
  assert.deepEqual(await end, { detached: false, exitCode: 3 });
});

test('a lost connection is told', async () => {
  const session = fakeSession();
  const end = runSession(session, streams(), plain);
  session.fail(new Error('the connection was lost'));
  await assert.rejects(end, /the connection was lost/);
});

test('the detach keys leave the process alone, and what was typed before them arrives', async () => {
  const typed = new PassThrough();
  const received: Buffer[] = [];
  const session = fakeSession();
  session.stdin.on('data', (chunk: Buffer) => received.push(chunk));
  const end = runSession(session, streams(typed), { ...plain, tty: true, detachKeys: Buffer.from('\x10\x11') });
  typed.write('exit?\x10\x11');
  assert.deepEqual(await end, { detached: true });
  assert.ok(session.detached);
  assert.equal(Buffer.concat(received).toString(), 'exit?');
});

test('without a terminal the detach keys are data', async () => {
  const session = fakeSession();
  const received = session.stdin.toArray();
  const end = runSession(session, streams(Readable.from(['\x10\x11'])), { ...plain, detachKeys: Buffer.from('\x10\x11') });
  assert.equal(Buffer.concat(await received).toString(), '\x10\x11');
  session.end(0);
  await end;
});

test('signals reach the process while it runs, and not after', async () => {
  const session = fakeSession();
  const listeners = process.listenerCount('SIGHUP');
  const end = runSession(session, streams(), { ...plain, stdin: false, sigProxy: true });
  process.kill(process.pid, 'SIGHUP');
  await session.signalled;
  assert.deepEqual(session.signals, [constants.signals.SIGHUP]);
  session.end(0);
  await end;
  assert.equal(process.listenerCount('SIGHUP'), listeners);
});

test('with a terminal of the process no signal is passed on', async () => {
  const session = fakeSession();
  const listeners = process.listenerCount('SIGHUP');
  const end = runSession(session, streams(), { ...plain, stdin: false, tty: true, sigProxy: true });
  assert.equal(process.listenerCount('SIGHUP'), listeners);
  session.end(0);
  await end;
});
