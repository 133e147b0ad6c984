import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { runUnpack } from '../../../../src/worker/index.ts';
import type { DescribedFile } from '../../../support/describe-tree.ts';
import { sha256 } from '../../../support/registry-image.ts';
import { type RawEntry, rawTar } from '../../../support/tar.ts';
import { openWorkerHome } from '../../../support/worker-home.ts';

const home = openWorkerHome();
after(() => home.remove());

/** A file capability as setcap(8) writes it: version 2, cap_net_raw permitted and effective. */
const netRaw = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1');

async function unpack(blob: Buffer): Promise<{ folder: string; diffId: string; size: number }> {
  const folder = mkdtempSync(join(home.home, 'layer-'));
  return { folder, ...(await runUnpack(home.deps, Readable.from([blob]), folder)) };
}

async function describe(folder: string): Promise<Record<string, DescribedFile>> {
  const script = join(import.meta.dirname, '../../../support/describe-tree.ts');
  return JSON.parse(await home.inNamespace([process.execPath, script, folder]));
}

async function filesOf(entries: readonly RawEntry[]): Promise<Record<string, DescribedFile>> {
  return await describe((await unpack(rawTar(entries))).folder);
}

test('owner, mode, times to the nanosecond, capabilities, attributes and hard links survive', async () => {
  const files = await filesOf([
    { name: './', flag: '5', mode: 0o751, uid: 5, gid: 6, mtime: 1_000_000_001 },
    { name: 'tmp', flag: '5', mode: 0o1777, mtime: 1_000_000_002 },
    { name: 'tmp/late', content: 'x' },
    { name: 'shadow', content: 'x', mode: 0o640, uid: 0, gid: 42 },
    { name: 'su', content: 'x', mode: 0o4755, uid: 1000, gid: 1000 },
    { name: 'wall', content: 'x', mode: 0o2755, gid: 5 },
    { name: 'ping', content: 'x', mode: 0o755, gid: 7, pax: { 'SCHILY.xattr.security.capability': netRaw } },
    { name: 'noted', flag: '5', pax: { 'SCHILY.xattr.user.note': 'a=\n\xff\0b' } },
    { name: 'exact', content: 'x', pax: { mtime: '1234567890.123456789', uid: '65535', gid: '65536' } },
    { name: 'old', content: 'x', pax: { mtime: '-1.5' } },
    { name: 'link', flag: '2', linkName: 'nowhere', uid: 3, gid: 4, mtime: 1_000_000_003 },
    { name: 'again', flag: '1', linkName: './su' },
    { name: 'pipe', flag: '6', mode: 0o622, uid: 9 },
    { name: 'locked', flag: '5', mode: 0, uid: 1000 },
    { name: 'locked/in', content: 'x', mode: 0, uid: 1000 },
  ]);
  const summary = Object.fromEntries(Object.entries(files).map(([name, { mode, owner }]) => [name, `${mode} ${owner}`]));
  assert.deepEqual(summary, {
    '.': '751 5:6',
    tmp: '1777 0:0',
    'tmp/late': '644 0:0',
    shadow: '640 0:42',
    su: '4755 1000:1000',
    wall: '2755 0:5',
    ping: '755 0:7',
    noted: '755 0:0',
    exact: '644 65535:65536',
    old: '644 0:0',
    link: '777 3:4',
    again: '4755 1000:1000',
    pipe: '622 9:0',
    locked: '0 1000:0',
    'locked/in': '0 1000:0',
  });
  assert.equal(files.exact?.mtime, '1234567890.123456789');
  assert.equal(files['.']?.mtime, '1000000001.000000000');
  assert.equal(files.tmp?.mtime, '1000000002.000000000');
  assert.equal(files.link?.mtime, '1000000003.000000000');
  assert.equal(files.again?.inode, files.su?.inode);
  assert.equal(files.su?.links, 2);
  assert.equal(files.noted?.xattrs['user.note'], Buffer.from('a=\n\xff\0b', 'latin1').toString('hex'));
  assert.equal(files.ping?.xattrs['security.capability'], Buffer.from(netRaw, 'latin1').toString('hex'));
});

test('a layer unpacks the same from gzip, zstd and plain tar, and its digest is that of the tar', async () => {
  const tar = rawTar([
    { name: 'big', content: Buffer.alloc(3_000_000, 'abc') },
    { name: 'small', content: 'x' },
  ]);
  const halves = [tar.subarray(0, 1_000_000), tar.subarray(1_000_000)];
  const forms: Record<string, Buffer> = {
    plain: tar,
    gzip: gzipSync(tar),
    'gzip in two members': Buffer.concat(halves.map(half => gzipSync(half))),
    zstd: zstdCompressSync(tar),
    'zstd in two frames': Buffer.concat(halves.map(half => zstdCompressSync(half))),
    'zstd with frames to skip': Buffer.concat([
      Buffer.from('502a4d180200000078780a', 'hex').subarray(0, 10),
      zstdCompressSync(tar),
      Buffer.from('5e2a4d18020000007878', 'hex'),
    ]),
  };
  for (const [form, blob] of Object.entries(forms)) {
    const { folder, diffId, size } = await unpack(blob);
    assert.deepEqual({ form, diffId, size }, { form, diffId: sha256(tar), size: 3_000_001 });
    assert.equal(readFileSync(join(folder, 'big')).compare(Buffer.alloc(3_000_000, 'abc')), 0, form);
  }
});

for (const format of ['gnu', 'posix --sparse-version=0.0', 'posix --sparse-version=0.1', 'posix --sparse-version=1.0']) {
  test(`a sparse file that tar wrote with --format=${format} keeps its content and its holes`, async () => {
    const source = mkdtempSync(join(home.home, 'sparse-'));
    const fd = openSync(join(source, 'sparse'), 'w');
    for (let piece = 0; piece < 60; piece++) writeSync(fd, `piece ${piece}`, piece * 1_000_000);
    ftruncateSync(fd, 100_000_000);
    closeSync(fd);
    const tar = execFileSync('tar', ['--create', '--sparse', `--format=${format}`.split(' '), '-C', source, 'sparse'].flat());
    assert.ok(tar.length < 1_000_000);
    const { folder, size } = await unpack(tar);
    assert.equal(size, 100_000_000);
    execFileSync('cmp', [join(source, 'sparse'), join(folder, 'sparse')]);
    assert.ok(Number(execFileSync('stat', ['-c', '%b', join(folder, 'sparse')])) < 5000);
    rmSync(source, { recursive: true });
  });
}

test('what GNU tar writes of long names, deep folders and links comes out as it went in', async () => {
  const source = mkdtempSync(join(home.home, 'source-'));
  const deep = join(source, ...Array.from({ length: 15 }, (_, level) => `${level}`.padEnd(200, 'x')));
  mkdirSync(deep, { recursive: true });
  execFileSync('sh', ['-c', `cd "$1" && echo 1 >a && ln a b && ln -s "$(printf %0150d 7)" l && touch "$(printf 'x\\377\\n')"`, 'sh', deep]);
  for (const format of ['gnu', 'posix', 'ustar']) {
    if (format === 'ustar') rmSync(join(source, '0'.padEnd(200, 'x')), { recursive: true });
    const tar = execFileSync('tar', ['--create', `--format=${format}`, '--sort=name', '--owner=0', '--group=0', '-C', source, '.']);
    const { folder } = await unpack(tar);
    const names = (at: string) =>
      execFileSync('sh', ['-c', 'cd "$1" && find . -printf "%p %y %m %s %l %n\\n" | sort', 'sh', at]).toString('latin1');
    assert.equal(names(folder).replaceAll(/ d .*/g, ''), names(source).replaceAll(/ d .*/g, ''), format);
  }
});

test('an empty layer, and one that is followed by gigabytes of zeros, unpack with little memory', async () => {
  assert.equal((await unpack(rawTar([]))).size, 0);
  const folder = mkdtempSync(join(home.home, 'zeros-'));
  const zeros = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const blob = Readable.from([gzipSync(rawTar([{ name: 'x', content: 'x' }])), ...Array.from({ length: 16 }, () => zeros)]);
  assert.equal((await runUnpack(home.deps, blob, folder)).size, 1);
});
