import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blobPath } from '../../../src/store/blobs.ts';
import { keepContent, sweepContent } from '../../../src/store/content-lock.ts';
import { addImage } from '../../../src/store/image-list.ts';
import { findImage, holdImages, readImageConfig, readImages, requireImage, updateImages } from '../../../src/store/images.ts';
import { fakeDigest, imageRecord, storeImage, temporaryPaths } from '../../support/image-store.ts';

test('before the first image the list is empty', context => {
  const paths = temporaryPaths(context);
  assert.deepEqual(readImages(paths), []);
  assert.equal(findImage(paths, 'busybox'), undefined);
  assert.throws(() => requireImage(paths, 'busybox'), {
    kind: 'not-found',
    code: 'IMAGE_NOT_FOUND',
    message: 'No such image: busybox:latest',
  });
});

test('of changes made at once none is lost', async context => {
  const paths = temporaryPaths(context);
  const ids = Array.from({ length: 12 }, (_, index) => fakeDigest(index.toString(16).padStart(2, '0')));
  await Promise.all(ids.map(id => updateImages(paths, images => ({ images: addImage(images, imageRecord({ id })), result: undefined }))));
  assert.deepEqual(
    readImages(paths)
      .map(({ id }) => id)
      .sort(),
    ids,
  );
});

test('a change that fails changes nothing and frees the list', async context => {
  const paths = temporaryPaths(context);
  const failing = updateImages(paths, () => {
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.equal(await updateImages(paths, images => ({ images, result: images.length })), 0);
});

test('while images are held their list does not change, and others may hold them too', async context => {
  const paths = temporaryPaths(context);
  const steps: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const holding = holdImages(paths, async () => {
    await held;
    steps.push('held');
  });
  await holdImages(paths, () => steps.push('held by another'));
  const changing = updateImages(paths, images => ({ images, result: steps.push('changed') }));
  release();
  await Promise.all([holding, changing]);
  assert.deepEqual(steps, ['held by another', 'held', 'changed']);
});

test('nothing is swept while somebody adds content', async context => {
  const paths = temporaryPaths(context);
  await keepContent(paths, async () => {
    assert.equal(await sweepContent(paths, async () => 'swept'), undefined);
    assert.equal(await keepContent(paths, async () => 'added by another'), 'added by another');
  });
  assert.equal(await sweepContent(paths, async () => 'swept'), 'swept');
});

for (const [what, text] of [
  ['bytes of another digest', '{}'],
  ['nothing', ''],
] as const) {
  test(`a config of ${what} is told as a damaged image, by its name`, async context => {
    const paths = temporaryPaths(context);
    const image = await storeImage(paths, { repoTags: ['docker.io/library/busybox:latest'] });
    assert.equal(readImageConfig(paths, image).os, 'linux');
    writeFileSync(blobPath(paths, image.id), text);
    assert.throws(() => readImageConfig(paths, image), {
      code: 'IMAGE_DAMAGED',
      message: /^image docker.io\/library\/busybox:latest is damaged/,
    });
  });
}

for (const [text, code] of [
  ['{', 'RECORD_DAMAGED'],
  ['{"version":1}', 'RECORD_DAMAGED'],
  ['{"version":2,"images":{}}', 'RECORD_NEWER'],
] as const) {
  test(`a list that is ${text} is refused and not overwritten`, async context => {
    const paths = temporaryPaths(context);
    await storeImage(paths, {});
    writeFileSync(join(paths.root, 'images.json'), text);
    assert.throws(() => readImages(paths), { code });
    await assert.rejects(
      updateImages(paths, () => ({ images: [], result: undefined })),
      { code },
    );
  });
}
