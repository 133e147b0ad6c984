import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { selfCommand } from '../../../../src/linux/self.ts';
import { runUnpack } from '../../../../src/worker/index.ts';
import { paxHeader, rawEntry, rawTar, withChecksum } from '../../../support/tar.ts';
import { openWorkerHome } from '../../../support/worker-home.ts';

const home = openWorkerHome();
after(() => home.remove());

const tar = rawTar([
  { name: 'a', content: randomBytes(100_000) },
  { name: 'b', content: 'x' },
]);
const sparse = (map: string) => ({ name: 's', content: 'x'.repeat(512), pax: { 'GNU.sparse.size': '2000', 'GNU.sparse.map': map } });
const changed = (at: number, byte: number) => Buffer.from(tar).fill(byte, at, at + 1);

const blobs: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
  junk: [randomBytes(100_000), /not a tar archive/],
  'a few bytes': [Buffer.from('hello'), /ends too early/],
  text: [Buffer.from('<html>not found</html>'.repeat(100)), /not a tar archive|is not a number/],
  'a tar cut within a file': [tar.subarray(0, 50_000), /ends too early/],
  'a tar cut within a header': [tar.subarray(0, 100_000 + 512 + 352 + 100), /ends too early/],
  'a tar cut after a PAX header': [paxHeader({ path: 'x' }), /ends too early/],
  'a changed header': [changed(3, 0x41), /not a tar archive/],
  'one block of zeros, then more': [
    Buffer.concat([rawEntry({ name: 'a' }), Buffer.alloc(512), rawEntry({ name: 'b' })]),
    /follows its end mark/,
  ],
  'a size that is not a number': [withChecksum(Buffer.from(rawEntry({ name: 'x' })).fill('9', 124, 130)), /size is not a number/],
  'a negative size': [rawEntry({ name: 'x', claimedSize: -5 }), /size is negative/],
  'a size beyond all numbers': [rawEntry({ name: 'x', claimedSize: Number.MAX_SAFE_INTEGER + 1 }), /size is too large/],
  'a huge file that is not there': [rawEntry({ name: 'x', claimedSize: 2 ** 52 }), /larger than \d+ bytes/],
  'a huge PAX header': [rawEntry({ name: 'x', flag: 'x', claimedSize: 2 ** 33 }), /longer than 1048576/],
  'a PAX record that is too long': [rawTar([{ name: 'p', flag: 'x', content: '99 path=x\n' }]), /PAX record is malformed/],
  'a PAX record without an equals sign': [rawTar([{ name: 'p', flag: 'x', content: '7 path\n' }]), /PAX record is malformed/],
  'a PAX record of no length': [rawTar([{ name: 'p', flag: 'x', content: '0 path=x\n' }]), /PAX record is malformed/],
  'a PAX size that is not a number': [rawTar([{ name: 'x', pax: { size: '1e3' } }]), /PAX size is not a number/],
  'a sparse map that overlaps': [rawTar([sparse('0,256,100,256')]), /sparse file's map does not fit/],
  'a sparse map beyond the file': [rawTar([sparse('1900,512')]), /sparse file's map does not fit/],
  'a sparse map that is too short': [rawTar([sparse('0,100')]), /sparse file's map does not fit/],
  'a sparse map of one number': [rawTar([sparse('0')]), /sparse file's map is malformed/],
  'a huge sparse file': [
    rawTar([{ name: 's', pax: { 'GNU.sparse.size': '1000000000000000', 'GNU.sparse.map': '' } }]),
    /larger than \d+ bytes/,
  ],
  'gzip cut short': [gzipSync(tar).subarray(0, 60_000), /unexpected end of file/],
  'gzip with junk in it': [Buffer.concat([gzipSync(tar).subarray(0, 30_000), randomBytes(60_000)]), /damaged/],
  'zstd cut short': [zstdCompressSync(tar).subarray(0, 60_000), /damaged/],
  'zstd with junk in it': [Buffer.concat([zstdCompressSync(tar).subarray(0, 30_000), randomBytes(60_000)]), /damaged/],
  xz: [Buffer.from('fd377a585a000004', 'hex'), /compressed with xz; gzip, zstd and plain tar/],
  bzip2: [Buffer.from('425a6839314159265359', 'hex'), /compressed with bzip2/],
};

for (const [what, [blob, message]] of Object.entries(blobs)) {
  test(`${what} is told as what it is`, async () => {
    const folder = mkdtempSync(join(home.home, 'layer-'));
    await assert.rejects(runUnpack(home.deps, Readable.from([blob]), folder), { name: 'UserError', message });
  });
}

test('a layer with more bytes or files than the limit is refused while it comes', async () => {
  const endless = Readable.from(
    (function* () {
      yield rawEntry({ name: 'x', claimedSize: 2 ** 40 });
      for (;;) yield Buffer.alloc(1 << 20);
    })(),
  );
  const folder = () => mkdtempSync(join(home.home, 'layer-'));
  await assert.rejects(runUnpack(home.deps, endless, folder()), { code: 'LAYER_TOO_LARGE' });
  const zeros = gzipSync(Buffer.alloc(20_000_000));
  await assert.rejects(runUnpack(home.deps, Readable.from([zeros]), folder(), { maxBytes: 10_000_000, maxEntries: 10 }), {
    code: 'LAYER_TOO_LARGE',
    message: /larger than 10000000 bytes/,
  });
  const many = rawTar(Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` })));
  await assert.rejects(runUnpack(home.deps, Readable.from([many]), folder(), { maxBytes: 10_000_000, maxEntries: 10 }), {
    code: 'LAYER_TOO_LARGE',
    message: /more than 10 files/,
  });
});

test('a blob that fails on its way fails the unpacking with its own error, and ends the worker', async () => {
  const broken = Readable.from(
    (function* () {
      yield tar.subarray(0, 50_000);
      throw new Error('the line is cut');
    })(),
  );
  await assert.rejects(runUnpack(home.deps, broken, mkdtempSync(join(home.home, 'layer-'))), { message: 'the line is cut' });
});

for (const [what, options, content] of [
  ['bytes', 'size=256k', randomBytes(1_000_000)],
  ['inodes', 'nr_inodes=10', Buffer.alloc(0)],
] as const) {
  test(`a disk without ${what} is told as full`, async () => {
    const folder = mkdtempSync(join(home.home, 'small-'));
    const job = JSON.stringify({ job: 'unpack', folder, singleId: false, maxBytes: 1e9, maxEntries: 1e6 });
    const script = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && "$@" || true';
    const blob = rawTar(Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, content })));
    const output = await home.inNamespace(['sh', '-c', script, 'sh', options, folder, ...selfCommand('__worker', [job])], blob);
    assert.equal(JSON.parse(output).code, 'DISK_FULL');
  });
}
