import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageUser } from '../../../../src/engine/images/index.ts';
import { planRemoval, removeImageByReference } from '../../../../src/engine/images/remove.ts';
import { digestOf, listBlobs, putBlob } from '../../../../src/store/blobs.ts';
import { keepContent } from '../../../../src/store/content-lock.ts';
import { readImages } from '../../../../src/store/images.ts';
import { fakeDigest, imageRecord, imagesDeps, imageUser, MemoryLayers, storeImage, temporaryPaths } from '../../../support/image-store.ts';

const id = fakeDigest('abcdef123456');
const digest = fakeDigest('dd');
const tagged = (...names: string[]) => imageRecord({ id, repoTags: names.map(name => `docker.io/library/${name}`) });
const pulled = imageRecord({
  id,
  repoTags: ['docker.io/library/one:a'],
  repoDigests: [`docker.io/library/one@${digest}`],
});
const stopped = [imageUser({ imageId: id })];
const running = [imageUser({ imageId: id, running: true })];
const none: ImageUser[] = [];
const gone = { Deleted: id };

for (const [what, image, users, reference, force, steps] of [
  ['the last tag takes the image along', tagged('one:a'), none, 'one:a', false, [{ Untagged: 'one:a' }, gone]],
  ['another tag keeps it', tagged('one:a', 'one:b'), none, 'one:a', false, [{ Untagged: 'one:a' }]],
  ['latest is meant without a tag', tagged('one:latest'), none, 'one', false, [{ Untagged: 'one:latest' }, gone]],
  ['the last tag takes its digests along', pulled, none, 'one:a', false, [{ Untagged: 'one:a' }, { Untagged: `one@${digest}` }, gone]],
  ['a digest alone goes', pulled, none, `one@${digest}`, false, [{ Untagged: `one@${digest}` }]],
  ['an id takes the names of one repository', pulled, none, 'abcdef', false, [{ Untagged: 'one:a' }, { Untagged: `one@${digest}` }, gone]],
  ['an id by force takes all', tagged('one:a', 'two:a'), none, id, true, [{ Untagged: 'one:a' }, { Untagged: 'two:a' }, gone]],
  ['a dangling image goes by id', tagged(), none, 'abcdef', false, [gone]],
  ['force outweighs a stopped container', tagged('one:a'), stopped, 'one:a', true, [{ Untagged: 'one:a' }, gone]],
  ['force on a name leaves a running one its image', tagged('one:a'), running, 'one:a', true, [{ Untagged: 'one:a' }]],
  ['one of two names goes under a container', tagged('one:a', 'two:a'), running, 'one:a', false, [{ Untagged: 'one:a' }]],
] as const) {
  test(`rmi${force ? ' -f' : ''} ${reference}: ${what}`, () => {
    const removal = planRemoval([image], users, reference, { force });
    assert.deepEqual(removal.steps, steps);
    assert.equal(removal.removed?.id, steps.some(step => 'Deleted' in step) ? id : undefined);
    assert.equal(removal.images.length, removal.removed ? 0 : 1);
  });
}

/** Each as docker 26 says it. */
for (const [image, users, reference, force, message] of [
  [
    tagged('one:a'),
    stopped,
    'one:a',
    false,
    'conflict: unable to remove repository reference "one:a" (must force) - container c0ffee000000 is using its referenced image abcdef123456',
  ],
  [
    tagged('one:a'),
    stopped,
    'abcdef',
    false,
    'conflict: unable to delete abcdef123456 (must be forced) - image is being used by stopped container c0ffee000000',
  ],
  [
    tagged('one:a'),
    running,
    'abcdef',
    true,
    'conflict: unable to delete abcdef123456 (cannot be forced) - image is being used by running container c0ffee000000',
  ],
  [
    tagged('one:a', 'one:b'),
    none,
    'abcdef',
    false,
    'conflict: unable to delete abcdef123456 (must be forced) - image is referenced in multiple repositories',
  ],
  [
    tagged('one:a', 'two:a'),
    none,
    id,
    false,
    'conflict: unable to delete abcdef123456 (must be forced) - image is referenced in multiple repositories',
  ],
  [tagged('one:a'), none, 'nope', true, 'No such image: nope:latest'],
] as const) {
  test(`rmi${force ? ' -f' : ''} ${reference} says: ${message}`, () => {
    assert.throws(() => planRemoval([image], users, reference, { force }), { name: 'UserError', message });
  });
}

test('with an image go its blobs and those layers that nobody else needs, the top one first', async context => {
  const paths = temporaryPaths(context);
  const [shared, used, own, top] = [fakeDigest('01'), fakeDigest('02'), fakeDigest('03'), fakeDigest('04')];
  const layers = new MemoryLayers();
  for (const layer of [shared, used, own, top, fakeDigest('0f')]) layers.sizes.set(layer, 1);
  const other = await storeImage(paths, { repoTags: ['docker.io/library/other:latest'], layers: [shared] }, { author: 'other' });
  const image = await storeImage(paths, { repoTags: ['docker.io/library/one:latest'], layers: [shared, used, own, top] });
  const orphan = Buffer.from('of an interrupted pull');
  putBlob(paths, digestOf(orphan), orphan);
  const container = imageUser({ imageId: fakeDigest('ff'), layers: [used] });

  const steps = await removeImageByReference(imagesDeps(paths, layers, [container]), 'one', { force: false });

  assert.deepEqual(steps, [{ Untagged: 'one:latest' }, { Deleted: image.id }, { Deleted: top }, { Deleted: own }]);
  assert.deepEqual(layers.store.list(), [shared, used]);
  assert.deepEqual(listBlobs(paths), [other.id]);
});

test('while something is pulled only the list changes; the next removal takes what was left', async context => {
  const paths = temporaryPaths(context);
  const layers = new MemoryLayers();
  layers.sizes.set(fakeDigest('01'), 1);
  await storeImage(paths, { repoTags: ['docker.io/library/one:latest'], layers: [fakeDigest('01')] });
  await storeImage(paths, { repoTags: ['docker.io/library/two:latest'] }, { author: 'two' });
  const deps = imagesDeps(paths, layers);

  await keepContent(paths, () => removeImageByReference(deps, 'one', { force: false }));
  assert.deepEqual(
    readImages(paths).flatMap(({ repoTags }) => repoTags),
    ['docker.io/library/two:latest'],
  );
  assert.equal(layers.sizes.size, 1);
  await removeImageByReference(deps, 'two', { force: false });
  assert.equal(layers.sizes.size, 0);
});
