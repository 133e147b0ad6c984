import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf } from '../../../src/core/digest.ts';
import { addImage, lookUp, noSuchImage, referencesOf, removeImage, tagImage, untagImage } from '../../../src/store/image-list.ts';
import { fakeDigest, imageRecord } from '../../support/image-store.ts';

const digest = fakeDigest('dd');
const busybox = imageRecord({
  id: fakeDigest('abc1'),
  repoTags: ['docker.io/library/busybox:latest', 'docker.io/library/busybox:v1'],
  repoDigests: [`docker.io/library/busybox@${digest}`],
});
const local = imageRecord({ id: fakeDigest('abc2'), repoTags: ['127.0.0.1:5000/team/app:1'] });
const hexNamed = imageRecord({ id: fakeDigest('f00d'), repoTags: ['docker.io/library/abc1:latest'] });
const images = [busybox, local, hexNamed];

for (const [text, expected] of [
  ['busybox', busybox],
  ['busybox:v1', busybox],
  ['docker.io/library/busybox', busybox],
  ['index.docker.io/library/busybox:latest', busybox],
  [`busybox@${digest}`, busybox],
  [`busybox:v1@${digest}`, busybox],
  ['127.0.0.1:5000/team/app:1', local],
  [hexOf(local.id), local],
  [local.id, local],
  ['abc2', local],
  ['sha256:abc2', local],
  ['f', hexNamed],
  ['abc1', hexNamed],
] as const) {
  test(`${text} finds its image`, () => assert.deepEqual(lookUp(images, text), { kind: 'found', image: expected }));
}

for (const text of [
  'busybox:v2',
  `busybox:v1@${fakeDigest('ee')}`,
  'team/app:1',
  'abc3',
  fakeDigest('99'),
  hexOf(fakeDigest('99')),
  'bb',
]) {
  test(`${text} finds nothing`, () => assert.equal(lookUp(images, text).kind, 'missing'));
}

test('the beginning of several ids finds none of them, and the error says why', () => {
  const lookup = lookUp(images, 'ab');
  assert.deepEqual(lookup, { kind: 'ambiguous', count: 2 });
  const error = noSuchImage('ab', lookup);
  assert.equal(error.message, 'No such image: ab:latest');
  assert.match(error.hint ?? '', /2 image ids begin with ab/);
});

for (const [text, message] of [
  ['busybox', 'No such image: busybox:latest'],
  ['docker.io/library/busybox:v9', 'No such image: busybox:v9'],
  ['a'.repeat(64), `No such image: sha256:${'a'.repeat(64)}`],
] as const) {
  test(`${text} is missed as docker does`, () => assert.equal(noSuchImage(text, { kind: 'missing' }).message, message));
}

for (const text of ['', 'A/B', '-v', '../../x', 'x@sha256:zz', `x:${'t'.repeat(129)}`]) {
  test(`${JSON.stringify(text)} is no reference`, () => assert.throws(() => lookUp(images, text), { code: 'INVALID_REFERENCE' }));
}

test('an image that comes again keeps its names and gets the new ones', () => {
  const again = imageRecord({ id: busybox.id, repoTags: ['docker.io/library/bb:latest'], lastTagTime: '2026-05-05T00:00:00Z' });
  const merged = addImage(images, again).find(({ id }) => id === busybox.id);
  assert.deepEqual(merged?.repoTags, ['docker.io/library/bb:latest', ...busybox.repoTags]);
  assert.deepEqual(merged?.repoDigests, busybox.repoDigests);
  assert.equal(merged?.lastTagTime, '2026-05-05T00:00:00Z');
});

test('a tag that comes with a new image leaves the old one dangling', () => {
  const newer = imageRecord({ id: fakeDigest('beef'), repoTags: ['127.0.0.1:5000/team/app:1'] });
  const after = addImage(images, newer);
  assert.deepEqual(
    after.map(({ id, repoTags }) => [id, repoTags.includes('127.0.0.1:5000/team/app:1')]).filter(([, has]) => has),
    [[newer.id, true]],
  );
  assert.equal(after.length, 4);
});

test('a tag moves between images, is taken away, and an image goes', () => {
  const name = 'docker.io/library/busybox:v1';
  const moved = tagImage(images, local.id, name, '2026-06-06T00:00:00Z');
  assert.deepEqual(
    moved.map(image => image.repoTags.includes(name)),
    [false, true, false],
  );
  assert.equal(moved[1]?.lastTagTime, '2026-06-06T00:00:00Z');
  assert.deepEqual(untagImage(moved, name)[1]?.repoTags, local.repoTags);
  assert.deepEqual(removeImage(images, local.id), [busybox, hexNamed]);
});

test('names come in the order of their text, tags before digests', () => {
  assert.deepEqual(referencesOf(busybox), [...busybox.repoTags, ...busybox.repoDigests]);
});
