import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readLogs } from '../../../../src/engine/containers/logs.ts';
import type { LogOptions } from '../../../../src/engine/types.ts';
import { openLog } from '../../../../src/monitor/logs/index.ts';

const all: LogOptions = { follow: false, stdout: true, stderr: true };
const container = { id: 'a'.repeat(64), name: 'web', imageId: `sha256:${'b'.repeat(64)}`, imageName: 'busybox', labels: {}, env: [] };
const stopped = AbortSignal.abort();

function logPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'log');
}

function record(log: string, second = 0, stream = 'stdout'): string {
  return `${JSON.stringify({ log, stream, time: `2026-01-02T03:04:${String(second).padStart(2, '0')}.5Z` })}\n`;
}

async function read(path: string, options: Partial<LogOptions> = {}, ended = stopped): Promise<string[]> {
  const lines: string[] = [];
  for await (const { line } of readLogs(path, { ...all, ...options }, ended)) lines.push(line.toString());
  return lines;
}

function open(path: string, Config: Record<string, string>) {
  return openLog({ config: { Type: 'json-file', Config }, path, container, onDrain: () => {} });
}

test('streams, since, until and tail choose what docker chooses', async t => {
  const path = logPath(t);
  const records = [0, 1, 2, 3, 4, 5].map(n => record(`${n}\n`, n, n % 2 ? 'stderr' : 'stdout'));
  writeFileSync(path, records.join(''));
  const at = (second: number) => new Date(`2026-01-02T03:04:0${second}.5Z`);
  const cases: [Partial<LogOptions>, string][] = [
    [{}, '012345'],
    [{ stderr: false }, '024'],
    [{ since: at(2) }, '2345'],
    [{ until: at(2) }, '012'],
    [{ tail: 2 }, '45'],
    [{ tail: 0 }, ''],
    [{ tail: 99 }, '012345'],
    [{ tail: 3, stdout: false }, '35'],
  ];
  for (const [options, expected] of cases)
    assert.equal((await read(path, options)).join('').replaceAll('\n', ''), expected, JSON.stringify(options));
});

test('a log that is not there is empty', async t => {
  assert.deepEqual(await read(logPath(t)), []);
  assert.deepEqual(await read(logPath(t), { tail: 3 }), []);
});

test('damage costs the damaged records only, and forged text stays content', async t => {
  const path = logPath(t);
  const forged = record('forged\n').trim();
  const parts = [
    record('first\n'),
    '\0'.repeat(5000),
    record('after NULs\n'),
    '{"log":"half a rec',
    record('after half\n'),
    'no record\n{}\n[]\n{"log":1,"stream":"stdout","time":"x"}\n',
    record(`${'x'.repeat(2_000_000)}\n`),
    record(`${forged}\n`),
    '{"log":"\xff\xfe\\n","stream":"stdout","time":"2026-01-02T03:04:05Z"}\n',
    record('unfinished').slice(0, -5),
  ];
  writeFileSync(path, Buffer.from(parts.join(''), 'latin1'));
  const lines = await read(path);
  assert.deepEqual(
    lines.filter(line => line.length < 1000),
    ['first\n', 'after NULs\n', 'after half\n', `${forged}\n`, '\ufffd\ufffd\n'],
  );
  assert.equal(lines.filter(line => line.length === 2_000_001).length, 1);
});

test('a tail goes back through rotated and compressed files', async t => {
  const path = logPath(t);
  const log = open(path, { 'max-size': '1k', 'max-file': '4', compress: 'true' });
  for (let n = 0; n < 50; n++) log.write('stdout', Buffer.from(`line ${n}\n`));
  await log.close();
  assert.deepEqual(readdirSync(join(path, '..')).sort(), ['log', 'log.1', 'log.2.gz', 'log.3.gz']);
  const expected = Array.from({ length: 50 }, (_, n) => `line ${n}\n`);
  for (const tail of [1, 5, 15, 25, 33]) assert.deepEqual(await read(path, { tail }), expected.slice(-tail), `tail ${tail}`);
});

test('following goes on across rotations without a lost or doubled line, and ends with the container', async t => {
  const path = logPath(t);
  const log = open(path, { 'max-size': '100k', 'max-file': '3' });
  const ended = new AbortController();
  const following = read(path, { follow: true }, ended.signal);
  const expected: string[] = [];
  for (let n = 0; n < 200; n++) {
    const lines = Array.from({ length: 50 }, (_, m) => `${n}.${m}\n`);
    expected.push(...lines);
    log.write('stdout', Buffer.from(lines.join('')));
    await new Promise(setImmediate);
  }
  await log.close();
  ended.abort();
  assert.deepEqual(await following, expected);
});

test('a rotation by hand while reading loses nothing', async t => {
  const path = logPath(t);
  writeFileSync(path, record('old\n'));
  const ended = new AbortController();
  const lines = readLogs(path, { ...all, follow: true }, ended.signal);
  assert.equal((await lines.next()).value?.line.toString(), 'old\n');
  const waiting = lines.next();
  appendFileSync(path, record('last of old\n'));
  renameSync(path, `${path}.1`);
  writeFileSync(path, record('new\n'));
  assert.equal((await waiting).value?.line.toString(), 'last of old\n');
  assert.equal((await lines.next()).value?.line.toString(), 'new\n');
  const end = lines.next();
  ended.abort();
  assert.equal((await end).done, true);
});

test('what the driver writes is docker’s format, byte for byte', async t => {
  const path = logPath(t);
  const log = open(path, {});
  log.write('stdout', Buffer.from('a "q" <b>\t\u001b[0m\n'));
  log.write('stderr', Buffer.from([0xe2, 0x82, 0x0a]));
  log.write('stdout', Buffer.alloc(16_384 + 3, 'x'));
  log.write('stdout', Buffer.from('\nno newline'));
  await log.close();
  const lines = readFileSync(path, 'utf8')
    .replaceAll(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"/g, 'T')
    .split('\n');
  assert.deepEqual(lines, [
    String.raw`{"log":"a \"q\" \u003cb\u003e\u0009\u001b[0m\n","stream":"stdout",T}`,
    '{"log":"\ufffd\ufffd\\n","stream":"stderr",T}',
    `{"log":"${'x'.repeat(16_384)}","stream":"stdout",T}`,
    String.raw`{"log":"xxx\n","stream":"stdout",T}`,
    '{"log":"no newline","stream":"stdout",T}',
    '',
  ]);
});
