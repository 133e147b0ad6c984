import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { blobPath, digestOf, hasBlob, listBlobs, putBlob, readBlob, removeBlob, removeUnfinishedBlobs } from '../../../src/store/blobs.ts';
import { fakeDigest, temporaryPaths } from '../../support/image-store.ts';

const bytes = Buffer.from('{"a":1}');
const digest = digestOf(bytes);

test('a blob that was put is read, listed and removed', context => {
  const paths = temporaryPaths(context);
  assert.deepEqual(listBlobs(paths), []);
  putBlob(paths, digest, bytes);
  assert.deepEqual(readBlob(paths, digest), bytes);
  assert.deepEqual(listBlobs(paths), [digest]);
  assert.equal(statSync(blobPath(paths, digest)).mode & 0o777, 0o600);
  removeBlob(paths, digest);
  removeBlob(paths, digest);
  assert.equal(hasBlob(paths, digest), false);
});

test('bytes of another digest are refused and leave nothing behind', context => {
  const paths = temporaryPaths(context);
  assert.throws(() => putBlob(paths, fakeDigest('ab'), bytes), { code: 'BLOB_DIGEST_MISMATCH' });
  assert.equal(existsSync(dirname(blobPath(paths, digest))), false);
});

test('a blob whose bytes changed on the disk is refused by its path, and putting it again heals it', context => {
  const paths = temporaryPaths(context);
  putBlob(paths, digest, bytes);
  chmodSync(blobPath(paths, digest), 0o600);
  appendFileSync(blobPath(paths, digest), ' ');
  assert.throws(() => readBlob(paths, digest), { code: 'BLOB_DAMAGED', message: new RegExp(blobPath(paths, digest)) });
  putBlob(paths, digest, bytes);
  assert.deepEqual(readBlob(paths, digest), bytes);
});

test('a missing blob is named', context => {
  assert.throws(() => readBlob(temporaryPaths(context), digest), { code: 'BLOB_MISSING' });
});

test('what a killed writer left is no blob, and goes with a sweep', context => {
  const paths = temporaryPaths(context);
  putBlob(paths, digest, bytes);
  const folder = dirname(blobPath(paths, digest));
  writeFileSync(`${folder}/.${'0'.repeat(64)}.123`, 'half');
  assert.deepEqual(listBlobs(paths), [digest]);
  removeUnfinishedBlobs(paths);
  assert.equal(readdirSync(folder).length, 1);
});
