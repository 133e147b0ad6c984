import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { clientConnection, monitorConnection } from '../../../src/monitor/connection.ts';
import { encodeMessage, frameHeader } from '../../../src/monitor/frames.ts';
import { FrameKind } from '../../../src/monitor/protocol.ts';
import { socketPair } from '../../support/socket-pair.ts';

async function connect() {
  const [clientSocket, monitorSocket] = await socketPair();
  return { clientSocket, client: clientConnection(clientSocket), monitor: monitorConnection(monitorSocket) };
}

test('requests, messages and bytes arrive in the order they were sent', async () => {
  const { client, monitor } = await connect();
  const seen: unknown[] = [];
  client.on('message', message => seen.push(message));
  client.on('bytes', (kind, payload) => seen.push([kind, payload.toString()]));
  const asked = monitor.next(1000);
  client.send({ op: 'wait' });
  assert.deepEqual(await asked, { op: 'wait' });
  monitor.sendBytes(FrameKind.stdout, Buffer.from('out'));
  monitor.sendBytes(FrameKind.stderr, Buffer.from('err'));
  monitor.send({ event: 'exited', exitCode: 3, error: '' });
  monitor.end();
  await once(client, 'close');
  assert.deepEqual(seen, [[FrameKind.stdout, 'out'], [FrameKind.stderr, 'err'], { event: 'exited', exitCode: 3, error: '' }]);
});

test('a peer that is not of this protocol is closed with the reason, and throws nothing', async () => {
  const message = (text: string) => Buffer.concat([frameHeader(FrameKind.message, text.length), Buffer.from(text)]);
  const cases: [string, Buffer, RegExp][] = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /longer than/],
    ['not JSON', message('{'), /not JSON/],
    ['unknown request', encodeMessage({ op: 'format' }), /not of this protocol/],
    ['a message where a request belongs', encodeMessage({ event: 'ok' }), /not of this protocol/],
    ['resize -1', encodeMessage({ op: 'resize', size: { columns: -1, rows: 1 } }), /not of this protocol/],
    ['resize 65536', encodeMessage({ op: 'resize', size: { columns: 65_536, rows: 1 } }), /not of this protocol/],
    ['signal 0', encodeMessage({ op: 'signal', signal: 0 }), /not of this protocol/],
    ['signal 99', encodeMessage({ op: 'signal', signal: 99 }), /not of this protocol/],
    ['stop for no time', encodeMessage({ op: 'stop', signal: 15, timeoutSeconds: null }), /not of this protocol/],
    ['exec without its fields', encodeMessage({ op: 'exec', exec: { args: ['true'] } }), /not of this protocol/],
    ['half a frame', Buffer.from([0, 0, 0, 9, 0, 1]), /within a frame/],
  ];
  for (const [name, bytes, expected] of cases) {
    const { clientSocket, monitor } = await connect();
    let requests = 0;
    monitor.on('message', () => requests++);
    const closed = once(monitor, 'close');
    clientSocket.end(bytes);
    const [reason] = await closed;
    assert.match(String(reason), expected, name);
    assert.equal(requests, 0);
    assert.equal(monitor.send({ event: 'ok' }), true);
  }
});

test('a wait ends at its limit, and when the peer leaves', async () => {
  const { client, monitor } = await connect();
  await assert.rejects(client.next(10), { code: 'MONITOR_TIMEOUT' });
  const waiting = client.next(undefined);
  monitor.destroy();
  await assert.rejects(waiting, { code: 'MONITOR_LOST' });
  await assert.rejects(client.next(undefined), { code: 'MONITOR_LOST' });
});
