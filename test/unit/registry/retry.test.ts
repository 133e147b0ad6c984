import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExchangeFailure } from '../../../src/registry/failure.ts';
import { defaultLimits } from '../../../src/registry/index.ts';
import { backoffMs, parseRetryAfter, withRetries } from '../../../src/registry/retry.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const headers: [header: string | undefined, milliseconds: number | undefined][] = [
  [undefined, undefined],
  ['3', 3000],
  ['0', 0],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
  ['Thu, 01 Jan 2015 00:00:05 GMT', 0],
  ['soon', undefined],
];
for (const [header, milliseconds] of headers)
  test(`Retry-After: ${header} is ${milliseconds} ms`, () => {
    assert.equal(parseRetryAfter(header, now), milliseconds);
  });

test('pauses double, within the bound', () => {
  const failure = new ExchangeFailure('x');
  const pauses = [1, 2, 3].map(attempt => backoffMs(attempt, failure, defaultLimits));
  for (const [index, pause] of pauses.entries()) {
    const middle = defaultLimits.backoffMs * 2 ** index;
    assert.ok(pause >= middle * 0.75 && pause <= middle * 1.25);
  }
  assert.equal(backoffMs(30, failure, defaultLimits), defaultLimits.maxBackoffMs);
});

test('what the server asks for is honoured, within the bound', () => {
  assert.equal(backoffMs(1, new ExchangeFailure('x', { retryAfterMs: 7000 }), defaultLimits), 7000);
  assert.equal(backoffMs(1, new ExchangeFailure('x', { retryAfterMs: 9e9 }), defaultLimits), defaultLimits.maxBackoffMs);
});

test('an abort ends the pause at once', async () => {
  const abort = new AbortController();
  const limits = { ...defaultLimits, backoffMs: 60_000, maxBackoffMs: 60_000 };
  const work = async () => {
    queueMicrotask(() => setImmediate(() => abort.abort()));
    throw new ExchangeFailure('busy');
  };
  await assert.rejects(withRetries(work, limits, abort.signal), { name: 'AbortError' });
});
