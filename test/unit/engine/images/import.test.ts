import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { importImage } from '../../../../src/engine/images/import.ts';
import { storeTarget } from '../../../../src/engine/images/store-target.ts';
import type { ImportOptions } from '../../../../src/engine/types.ts';
import { digestOf, listBlobs } from '../../../../src/store/blobs.ts';
import { readImageConfig, readImages, requireImage } from '../../../../src/store/images.ts';
import { fakeDigest, imagesDeps, MemoryLayers, temporaryPaths } from '../../../support/image-store.ts';

const content = Buffer.from('a tar');
const stream = (): ImportOptions['source'] => ({ kind: 'stream', stream: Readable.from([content]) });

function open(context: TestContext) {
  const paths = temporaryPaths(context);
  const layers = new MemoryLayers();
  const deps = imagesDeps(paths, layers);
  const run = (options: Partial<ImportOptions>) => importImage(deps, { source: stream(), message: '', changes: [], ...options });
  return { paths, layers, deps, run };
}

test('a stream becomes an image of one layer', async context => {
  const { paths, run } = open(context);
  const id = await run({ reference: 'busybox', changes: ['CMD ["sh"]'] });
  const image = requireImage(paths, 'busybox:latest');
  assert.equal(image.id, id);
  assert.equal(image.size, content.length);
  assert.deepEqual(image.layers, [digestOf(content)]);
  const config = readImageConfig(paths, image);
  assert.deepEqual(config.rootfs.diff_ids, [digestOf(content)]);
  assert.deepEqual(config.config, { Cmd: ['sh'] });
  assert.equal(config.architecture, 'amd64');
  assert.deepEqual(config.history, [{ created: config.created, comment: 'Imported from -' }]);
});

test('without a name the image is dangling', async context => {
  const { paths, run } = open(context);
  await run({});
  assert.deepEqual(readImages(paths)[0]?.repoTags, []);
});

test('message and platform are kept', async context => {
  const { paths, run } = open(context);
  await run({ reference: 'x', message: 'hello', platform: 'linux/arm64' });
  const config = readImageConfig(paths, requireImage(paths, 'x'));
  assert.equal(config.comment, 'hello');
  assert.equal(config.architecture, 'arm64');
});

test('a file and a URL are read too', async context => {
  const { paths, layers, run } = open(context);
  mkdirSync(paths.root, { recursive: true });
  const path = `${paths.root}/given.tar`;
  writeFileSync(path, 'from a file');
  await run({ source: { kind: 'file', path } });
  const server = createServer((request, response) => response.writeHead(request.url === '/a.tar' ? 200 : 404).end('from a URL'));
  context.after(() => server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/a.tar`;
  await run({ source: { kind: 'url', url }, reference: 'web' });
  assert.deepEqual(layers.store.list(), [digestOf('from a file'), digestOf('from a URL')]);
  assert.equal(readImageConfig(paths, requireImage(paths, 'web')).comment, `Imported from ${url}`);
  await assert.rejects(run({ source: { kind: 'url', url: `${url}x` } }), { code: 'IMPORT_SOURCE', message: /answered 404/ });
});

for (const [what, options, message] of [
  ['a name in upper case', { reference: 'Foo' }, 'invalid reference format: repository name (library/Foo) must be lowercase'],
  ['a digest for a name', { reference: `x@${fakeDigest('ab')}` }, 'cannot import digest reference'],
  ['a change that is none', { changes: ['RUN x'] }, 'RUN is not a valid change command'],
  ['another operating system', { platform: 'windows' }, 'operating system is not supported'],
  ['a file that is not there', { source: { kind: 'file', path: '/no/file' } }, 'open /no/file: no such file or directory'],
  ['a folder', { source: { kind: 'file', path: '/tmp' } }, 'read /tmp: is a directory'],
] as const) {
  test(`${what} is refused before anything is read or kept`, async context => {
    const { paths, layers, run } = open(context);
    await assert.rejects(run(options), { name: 'UserError', message });
    assert.deepEqual([readImages(paths), listBlobs(paths), layers.store.list()], [[], [], []]);
  });
}

test('a stream that breaks leaves no image', async context => {
  const { paths, run } = open(context);
  const broken = Readable.from(
    (async function* () {
      yield content;
      throw new Error('the line broke');
    })(),
  );
  await assert.rejects(run({ source: { kind: 'stream', stream: broken } }), /the line broke/);
  assert.deepEqual([readImages(paths), listBlobs(paths)], [[], []]);
});

test('a pulled image is recorded with the size of its layers, and takes its tag from the image that had it', async context => {
  const { paths, layers, deps, run } = open(context);
  await run({ reference: 'busybox' });
  layers.sizes.set(fakeDigest('01'), 30).set(fakeDigest('02'), 12);
  const target = storeTarget(deps);
  const name = 'docker.io/library/busybox:latest';
  const manifest = { mediaType: 'm', digest: fakeDigest('cc'), size: 1 };
  const id = fakeDigest('bb');
  const layerIds = [fakeDigest('01'), fakeDigest('02')];
  const image = {
    id,
    manifest,
    repoTags: [name],
    repoDigests: [],
    layers: layerIds,
    created: '2026-01-01T00:00:00Z',
    os: 'linux',
    architecture: 'amd64',
  };
  await target.images.record(image);
  assert.equal(await target.images.find(name), id);
  assert.equal(requireImage(paths, 'busybox').size, 42);
  assert.deepEqual(
    readImages(paths).map(({ repoTags }) => repoTags),
    [[], [name]],
  );
});
