import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { logAttributes, parseLogOptions } from '../../../../src/monitor/logs/index.ts';
import { LogFile } from '../../../../src/monitor/logs/log-file.ts';

function logPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'log');
}

function open(path: string, onDrain = () => {}) {
  return new LogFile({
    path,
    maxSize: undefined,
    maxFiles: 1,
    compress: false,
    onDrain,
    gapRecord: (lost, reason) => `gap ${lost} ${reason.slice(0, 6)}\n`,
  });
}

test('a log that cannot be written for a while goes on afterwards, with the gap marked', async t => {
  const path = logPath(t);
  mkdirSync(path);
  const file = open(path);
  file.append('lost 1\n');
  file.append('lost 2\n');
  await new Promise(resolve => setTimeout(resolve, 150));
  rmdirSync(path);
  file.append('kept\n');
  await file.close();
  assert.equal(readFileSync(path, 'utf8'), 'gap 2 EISDIR\nkept\n');
});

test('half a record of an earlier life does not spoil the next one', async t => {
  const path = logPath(t);
  appendFileSync(path, 'whole\nhal');
  const file = open(path);
  file.append('next\n');
  await file.close();
  assert.equal(readFileSync(path, 'utf8'), 'whole\nhal\nnext\n');
});

test('a writer faster than the disk is held back, then told to go on', async t => {
  let drained = () => {};
  const room = new Promise<void>(resolve => {
    drained = resolve;
  });
  const file = open(logPath(t), () => drained());
  let taken = 0;
  while (file.append(`${'x'.repeat(9999)}\n`)) taken++;
  assert.ok(taken >= 100 && taken < 110);
  await room;
  assert.equal(file.append('x\n'), true);
  await file.close();
});

test('bad options are refused in docker’s words', () => {
  const cases: ['json-file' | 'local', Record<string, string>, string][] = [
    ['json-file', { foo: 'bar' }, "unknown log opt 'foo' for json-file log driver"],
    ['local', { labels: 'a' }, "unknown log opt 'labels' for log driver local"],
    ['json-file', { 'max-size': 'abc' }, "invalid size: 'abc'"],
    ['json-file', { 'max-size': '0' }, 'max-size must be a positive number'],
    ['json-file', { 'max-file': '0' }, 'max-file cannot be less than 1'],
    ['json-file', { 'max-file': 'x' }, 'strconv.Atoi: parsing "x": invalid syntax'],
    ['json-file', { compress: 'true' }, 'compress cannot be true when max-file is less than 2 or max-size is not set'],
    ['json-file', { mode: 'fast' }, 'logger: logging mode not supported: fast'],
    ['local', { 'max-file': '1' }, 'compression cannot be enabled when max file count is 1'],
  ];
  for (const [Type, Config, message] of cases) assert.throws(() => parseLogOptions({ Type, Config }), { code: 'BAD_LOG_OPTION', message });
});

test('sizes are decimal, and local has its own defaults', () => {
  const size = (text: string) => parseLogOptions({ Type: 'json-file', Config: { 'max-size': text } }).maxSize;
  assert.deepEqual(['10m', '1k', '1.5kb', '7', '2G'].map(size), [10_000_000, 1000, 1500, 7, 2_000_000_000]);
  assert.deepEqual(parseLogOptions({ Type: 'local', Config: {} }), {
    maxSize: 20_971_520,
    maxFiles: 5,
    compress: true,
    dropBeyond: undefined,
  });
});

test('labels, env and tag become attributes', () => {
  const container = {
    id: '0123456789abcdef',
    name: 'web',
    imageId: 'sha256:ff',
    imageName: 'img',
    labels: { a: '1', b: '2' },
    env: ['X=y=z', 'Y=1', 'BARE'],
  };
  assert.deepEqual(logAttributes({ labels: 'a,none', env: 'X', 'env-regex': '^Y', tag: '{{.Name}}/{{.ID}}' }, container), {
    a: '1',
    X: 'y=z',
    Y: '1',
    tag: 'web/0123456789ab',
  });
  assert.throws(() => logAttributes({ tag: '{{.Foo}}' }, container), { code: 'BAD_LOG_OPTION' });
});
