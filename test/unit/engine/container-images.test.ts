import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerImages } from '../../../src/engine/container-images.ts';
import { openImages } from '../../../src/engine/images/index.ts';
import { removeImage } from '../../../src/store/image-list.ts';
import { updateImages } from '../../../src/store/images.ts';
import { fakeDigest, imagesDeps, imageUser, MemoryLayers, storeImage, temporaryPaths } from '../../support/image-store.ts';

const layer = fakeDigest('01');

test('the layers of an image that went first go with its last container', async context => {
  const paths = temporaryPaths(context);
  const layers = new MemoryLayers();
  layers.sizes.set(layer, 1);
  const image = await storeImage(paths, { layers: [layer] });
  const release = async (containers: Parameters<typeof imagesDeps>[2]) => {
    const deps = imagesDeps(paths, layers, containers);
    await containerImages(deps, openImages(deps)).release(image.id);
    return layers.sizes.has(layer);
  };

  assert.equal(await release([]), true, 'the image is there');
  await updateImages(paths, images => ({ images: removeImage(images, image.id), result: undefined }));
  assert.equal(await release([imageUser({ imageId: image.id, layers: [layer] })]), true, 'another container is there');
  assert.equal(await release([]), false);
});

test('an image that is missed is told before its registry is asked', async context => {
  const deps = imagesDeps(temporaryPaths(context), new MemoryLayers());
  const events: string[] = [];
  const listener = ({ type }: { type: string }) => void events.push(type);
  await assert.rejects(containerImages(deps, openImages(deps)).ensure('nope', { pull: 'missing' }, listener));
  await assert.rejects(containerImages(deps, openImages(deps)).ensure('nope', { pull: 'always' }, listener));
  assert.deepEqual(events, ['image.missing']);
});

test('an image that may not be pulled is missed in the words of docker', async context => {
  const deps = imagesDeps(temporaryPaths(context), new MemoryLayers());
  const images = containerImages(deps, openImages(deps));
  await assert.rejects(
    images.ensure('nope', { pull: 'never' }, () => {}),
    { message: 'No such image: nope:latest' },
  );
});

test('an image that is there for another platform is pulled for the one asked for', async context => {
  const paths = temporaryPaths(context);
  const image = await storeImage(paths, { layers: [layer] });
  const deps = imagesDeps(paths, new MemoryLayers());
  const images = containerImages(deps, openImages(deps));
  const events: string[] = [];
  const ensure = (pull: 'missing' | 'never', platform: string) =>
    images.ensure(image.id, { pull, platform }, ({ type }) => void events.push(type));

  await ensure('missing', `linux/${image.architecture}`);
  assert.deepEqual(events, []);
  await assert.rejects(ensure('missing', 'linux/s390x'));
  assert.deepEqual(events, ['image.missing']);
  await assert.rejects(ensure('never', 'linux/s390x'), {
    message: `image with reference ${image.id} was found but does not match the specified platform: wanted linux/s390x, actual: linux/${image.architecture}`,
  });
});
