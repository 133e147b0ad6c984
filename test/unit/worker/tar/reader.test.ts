import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TarEntry } from '../../../../src/worker/tar/entry.ts';
import { TarReader } from '../../../../src/worker/tar/reader.ts';
import { rawTar } from '../../../support/tar.ts';

function read(tar: Buffer, chunkSize: number): string[] {
  const seen: string[] = [];
  let content: Buffer = Buffer.alloc(0);
  const reader = new TarReader({
    entry: ({ type, name, linkName, size, uid, mtime, xattrs }: TarEntry) => {
      content = Buffer.alloc(size);
      seen.push(
        JSON.stringify({ type, name, linkName, size, uid, mtime, xattrs: xattrs.map(one => [one.name, one.value.toString('hex')]) }),
      );
    },
    data: (bytes, position) => {
      bytes.copy(content, position);
    },
    end: () => {
      seen.push(content.toString('hex').slice(0, 4000));
    },
  });
  for (let at = 0; at < tar.length; at += chunkSize) reader.push(tar.subarray(at, at + chunkSize));
  reader.finish();
  return seen;
}

const archive = rawTar([
  { name: 'd/', flag: '0' },
  { name: 'a', content: 'x'.repeat(1500), uid: 3_000_000 },
  { name: 'n'.repeat(300), content: 'y', pax: { 'SCHILY.xattr.user.x': '\xff\0\n', mtime: '1.5' } },
  { name: 'l', flag: '2', linkName: 't'.repeat(300) },
  { name: 's', content: 'z'.repeat(20), pax: { 'GNU.sparse.size': '100', 'GNU.sparse.map': '10,5,50,15', 'GNU.sparse.name': 'really' } },
]);

test('an archive reads the same in pieces of any size', () => {
  const whole = read(archive, archive.length);
  assert.equal(whole.length, 10);
  for (const size of [1, 7, 511, 512, 513, 1000, 1024]) assert.deepEqual(read(archive, size), whole, `${size} bytes`);
});

test('what old and GNU archives say in their own ways is understood', () => {
  const entries = read(archive, archive.length)
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line));
  assert.equal(entries[0].type, 'directory');
  assert.equal(entries[1].uid, 3_000_000);
  assert.deepEqual(entries[2].mtime, { seconds: 1, nanoseconds: 500_000_000 });
  assert.deepEqual(entries[2].xattrs, [['user.x', 'ff000a']]);
  assert.equal(entries[3].linkName, 't'.repeat(300));
  assert.deepEqual([entries[4].name, entries[4].size], ['really', 100]);
});

const formats: readonly (readonly string[])[] = [
  ['gnu'],
  ['posix', '--sparse-version=0.0'],
  ['posix', '--sparse-version=0.1'],
  ['posix', '--sparse-version=1.0'],
];
for (const [format, ...options] of formats) {
  test(`a sparse file of ${[format, ...options].join(' ')} reads the same in pieces of any size`, () => {
    const folder = mkdtempSync('/tmp/tsd-');
    const path = join(folder, 'sparse');
    writeFileSync(path, '');
    for (let piece = 1; piece <= 30; piece++) {
      truncateSync(path, piece * 100_000);
      writeFileSync(path, `piece ${piece}`, { flag: 'a' });
    }
    const tar = execFileSync('tar', ['--create', '--sparse', `--format=${format}`, ...options, '-C', folder, 'sparse']);
    rmSync(folder, { recursive: true });
    const whole = read(tar, tar.length);
    assert.match(whole[0] ?? '', /"size":3000008/);
    for (const size of [1, 511, 1000]) assert.deepEqual(read(tar, size), whole, `${size} bytes`);
  });
}
