import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { Descriptor } from '../../../src/core/oci-image.ts';
import { parseReference } from '../../../src/core/reference.ts';
import { type Limits, openBlob, Repository } from '../../../src/registry/index.ts';
import { type Answer, startScriptedRegistry } from '../../support/registry.ts';
import { sha256 } from '../../support/registry-image.ts';
import { quickLimits, registryOptions } from '../../support/registry-options.ts';

const bytes = randomBytes(300_000);
const descriptor: Descriptor = { mediaType: 'x', digest: sha256(bytes), size: bytes.length };

interface Outcome {
  readonly received: Buffer;
  readonly ranges: readonly (string | undefined)[];
  readonly retries: readonly string[];
}

async function download(answer: Answer, blob: Partial<Descriptor> = {}, limits: Partial<Limits> = {}): Promise<Outcome> {
  await using registry = await startScriptedRegistry(answer);
  const options = registryOptions({ limits: { ...quickLimits, ...limits } });
  const repository = new Repository(parseReference(`${registry.domain}/x`), options);
  const chunks: Buffer[] = [];
  const retries: string[] = [];
  const progress = { received() {}, retrying: (why: string) => retries.push(why) };
  try {
    const signal = new AbortController().signal;
    for await (const chunk of openBlob(repository, { ...descriptor, ...blob }, signal, progress)) chunks.push(chunk);
  } finally {
    repository.close();
  }
  return { received: Buffer.concat(chunks), ranges: registry.requests.map(({ headers }) => headers.range), retries };
}

/** Sends some bytes as the start of a longer body, then cuts the line. */
function cut(response: ServerResponse, part: Buffer, status = 200, headers = {}): void {
  response.writeHead(status, { ...headers, 'Content-Length': part.length + 1000 });
  response.write(part, () => response.destroy());
}

/** Answers each request in turn; the last answer for all that follow. */
function inTurn(...answers: readonly Answer[]): Answer {
  let turn = 0;
  return (request, response) => answers[Math.min(turn++, answers.length - 1)]?.(request, response);
}

const rest: Answer = ({ headers }, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const range = { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : {}).end(bytes.subarray(start));
};

test('a cut line is taken up where it broke', async () => {
  const { received, ranges, retries } = await download(inTurn((_, response) => cut(response, bytes.subarray(0, 100_000)), rest));
  assert.deepEqual(received, bytes);
  assert.deepEqual(ranges, [undefined, 'bytes=100000-']);
  assert.deepEqual(retries, ['connection reset']);
});

test('a line that is closed early without a length is taken up too', async () => {
  const closedEarly: Answer = ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
    socket.end(bytes.subarray(0, 1000));
  };
  const { received, ranges } = await download(inTurn(closedEarly, rest));
  assert.deepEqual(received, bytes);
  assert.deepEqual(ranges, [undefined, 'bytes=1000-']);
});

test('a server that answers a range with the whole blob costs only time', async () => {
  const whole: Answer = (_, response) => response.writeHead(200).end(bytes);
  const { received } = await download(inTurn((_, response) => cut(response, bytes.subarray(0, 100_000)), whole));
  assert.deepEqual(received, bytes);
});

test('a range that starts earlier than asked is cut to fit', async () => {
  const earlier: Answer = (_, response) => {
    const headers = { 'Content-Range': `bytes 50000-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(206, headers).end(bytes.subarray(50_000));
  };
  const { received } = await download(inTurn((_, response) => cut(response, bytes.subarray(0, 100_000)), earlier));
  assert.deepEqual(received, bytes);
});

for (const status of [500, 502, 503, 429, 408])
  test(`${status} is tried again`, async () => {
    const { received } = await download(inTurn((_, response) => response.writeHead(status).end('busy'), rest));
    assert.deepEqual(received, bytes);
  });

test('a line that keeps breaking is followed as long as it brings enough', async () => {
  const step = 40_000;
  const piecewise: Answer = ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const part = bytes.subarray(start, start + step);
    if (start + step >= bytes.length) rest({ headers } as never, response);
    else cut(response, part, start > 0 ? 206 : 200, start > 0 ? { 'Content-Range': `bytes ${start}-/*` } : {});
  };
  const { received, ranges } = await download(piecewise, {}, { resumeCreditBytes: step });
  assert.deepEqual(received, bytes);
  assert.equal(ranges.length, 8);
  await assert.rejects(download(piecewise, {}, { resumeCreditBytes: 1_000_000 }), { code: 'REGISTRY_UNAVAILABLE' });
});

test('a slow reader is not taken for a stalled line', async () => {
  await using registry = await startScriptedRegistry(rest);
  const options = registryOptions({ limits: { ...quickLimits, stallMs: 30 } });
  const repository = new Repository(parseReference(`${registry.domain}/x`), options);
  const stream = openBlob(repository, descriptor, new AbortController().signal);
  let size = 0;
  for await (const chunk of stream) {
    if (size === 0) await new Promise(resolve => setTimeout(resolve, 100));
    size += chunk.length;
  }
  repository.close();
  assert.equal(size, bytes.length);
});

const hang: Answer = (_, response) => response.writeHead(200, { 'Content-Length': bytes.length }).flushHeaders();
const trickle: Answer = (_, response) => {
  response.writeHead(200, { 'Content-Length': bytes.length });
  const timer = setInterval(() => response.write('x'), 20);
  response.once('close', () => clearInterval(timer));
};
const send =
  (body: Buffer, status = 200, headers = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

const failures: [what: string, answer: Answer, code: string, message: RegExp][] = [
  ['a server that hangs after the headers', hang, 'REGISTRY_UNAVAILABLE', /it stopped sending$/],
  ['a server that never answers', () => {}, 'REGISTRY_UNAVAILABLE', /it did not answer in time$/],
  ['one byte now and then', trickle, 'REGISTRY_UNAVAILABLE', /it stopped sending$/],
  ['a wrong digest', send(Buffer.alloc(bytes.length)), 'DIGEST_MISMATCH', /its digest is sha256:/],
  ['a byte too many', send(Buffer.concat([bytes, Buffer.of(0)])), 'SIZE_MISMATCH', /larger than 300000 bytes/],
  ['a byte too few', send(bytes.subarray(1)), 'SIZE_MISMATCH', /299999 bytes, not 300000/],
  ['404', send(Buffer.from('{"errors":[{"code":"BLOB_UNKNOWN"}]}'), 404), 'BLOB_NOT_FOUND', /blob unknown$/],
  ['403', send(Buffer.alloc(0), 403), 'PULL_ACCESS_DENIED', /may require 'docker login'/],
  ['418 with rubbish', send(Buffer.from('<html>\u001b[31m'), 418), 'REGISTRY_REFUSED', /answered 418/],
  ['5xx for ever', send(Buffer.alloc(0), 503), 'REGISTRY_UNAVAILABLE', /it answered 503/],
  [
    'a resumed range that leaves a gap',
    inTurn((_, response) => cut(response, bytes.subarray(0, 10)), send(bytes.subarray(20), 206, { 'Content-Range': 'bytes 20-/*' })),
    'RANGE_MISMATCH',
    /another part/,
  ],
];
for (const [what, answer, code, message] of failures)
  test(`${what} fails soon, in one sentence`, { timeout: 5000 }, async () => {
    await assert.rejects(download(answer), { name: 'UserError', code, message });
  });

test('an abort ends a hanging download at once', async () => {
  const abort = new AbortController();
  await using registry = await startScriptedRegistry((request, response) => {
    hang(request, response);
    abort.abort(new Error('Ctrl-C'));
  });
  const options = registryOptions({ limits: { ...quickLimits, stallMs: 60_000 } });
  const repository = new Repository(parseReference(`${registry.domain}/x`), options);
  await assert.rejects(openBlob(repository, descriptor, abort.signal).toArray(), /Ctrl-C/);
  repository.close();
});
