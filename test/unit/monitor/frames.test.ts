import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage, type Frame, FrameDecoder, frameHeader, splitPayload } from '../../../src/monitor/frames.ts';
import { FrameKind, MAX_FRAME } from '../../../src/monitor/protocol.ts';

const frame = (kind: FrameKind, payload: Buffer) => Buffer.concat([frameHeader(kind, payload.length), payload]);

const sent: Frame[] = [
  { kind: FrameKind.message, payload: Buffer.from('{"op":"wait"}') },
  { kind: FrameKind.stdinEnd, payload: Buffer.alloc(0) },
  { kind: FrameKind.stdout, payload: Buffer.alloc(MAX_FRAME, 7) },
  { kind: FrameKind.stderr, payload: Buffer.from([0, 255, 10]) },
];
const bytes = Buffer.concat(sent.map(({ kind, payload }) => frame(kind, payload)));

test('frames come out whole whatever the size of the reads', () => {
  for (const size of [1, 2, 3, 4, 5, 6, 7, 19, 1000, 65_535, 65_536, 65_541, bytes.length]) {
    const decoder = new FrameDecoder();
    const received: Frame[] = [];
    for (let at = 0; at < bytes.length; at += size) received.push(...decoder.push(bytes.subarray(at, at + size)));
    assert.deepEqual(received, sent, `reads of ${size}`);
    assert.equal(decoder.isMidFrame, false);
  }
});

test('a frame within one read is not copied', () => {
  const [only] = new FrameDecoder().push(frame(FrameKind.stdout, Buffer.from('abc')));
  assert.equal(only?.payload.length, 3);
  const read = frame(FrameKind.stdout, Buffer.from('abc'));
  const [shared] = new FrameDecoder().push(read);
  read.write('x', 5);
  assert.equal(shared?.payload.toString(), 'xbc');
});

test('what is no frame is refused before its payload is waited for', () => {
  const cases: [string, Buffer, RegExp][] = [
    ['one byte too long', frameHeader(FrameKind.stdout, MAX_FRAME + 1), /longer than/],
    ['4 GiB', Buffer.from([255, 255, 255, 255, 1]), /longer than/],
    ['unknown kind', Buffer.from([0, 0, 0, 1, 9, 0]), /no kind of frame 9/],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), /longer than/],
  ];
  for (const [name, garbage, expected] of cases) {
    assert.throws(() => [...new FrameDecoder().push(garbage)], expected, name);
    const decoder = new FrameDecoder();
    assert.throws(
      () => {
        for (const byte of garbage) for (const _ of decoder.push(Buffer.from([byte])));
      },
      expected,
      `${name}, byte by byte`,
    );
  }
});

test('the middle of a frame is told from the end of one', () => {
  const decoder = new FrameDecoder();
  assert.deepEqual([...decoder.push(bytes.subarray(0, 8))], []);
  assert.equal(decoder.isMidFrame, true);
});

test('long output is cut into payloads, a long message is refused', () => {
  assert.deepEqual(
    [...splitPayload(Buffer.alloc(MAX_FRAME * 2 + 1))].map(part => part.length),
    [MAX_FRAME, MAX_FRAME, 1],
  );
  assert.throws(() => encodeMessage({ args: 'x'.repeat(MAX_FRAME) }), { code: 'MESSAGE_TOO_LONG' });
});
