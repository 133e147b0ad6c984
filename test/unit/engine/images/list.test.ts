import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { inspect } from '../../../../src/engine/images/inspect.ts';
import { list } from '../../../../src/engine/images/list.ts';
import { tag } from '../../../../src/engine/images/tag.ts';
import { blobPath } from '../../../../src/store/blobs.ts';
import { requireImage } from '../../../../src/store/images.ts';
import { fakeDigest, storeImage, temporaryPaths } from '../../../support/image-store.ts';

const digest = fakeDigest('dd');

/** old, middle and new by age; one without tag. */
async function threeImages(context: TestContext) {
  const paths = temporaryPaths(context);
  const old = await storeImage(
    paths,
    { repoTags: ['docker.io/library/old:v1', 'docker.io/library/old:v2'], created: '2026-01-01T00:00:00Z', size: 5 },
    { config: { Labels: { team: 'a', tier: 'web' } } },
  );
  const middle = await storeImage(
    paths,
    { repoTags: ['127.0.0.1:5000/team/app:1'], repoDigests: [`127.0.0.1:5000/team/app@${digest}`], created: '2026-02-01T00:00:00Z' },
    { config: { Labels: { team: 'b' } } },
  );
  const dangling = await storeImage(paths, { created: '2026-03-01T00:00:00Z' });
  return { paths, old, middle, dangling };
}

const listed = (paths: Parameters<typeof list>[0]['paths'], filters: readonly [string, readonly string[]][]) =>
  list({ paths }, { all: false, sharedSize: false, filters: new Map(filters) });

test('images come newest first, with the names that docker shows', async context => {
  const { paths, old, middle, dangling } = await threeImages(context);
  const images = listed(paths, []);
  assert.deepEqual(
    images.map(({ Id }) => Id),
    [dangling.id, middle.id, old.id],
  );
  assert.deepEqual(images[2], {
    Id: old.id,
    ParentId: '',
    RepoTags: ['old:v1', 'old:v2'],
    RepoDigests: [],
    Created: 1767225600,
    Size: 5,
    SharedSize: -1,
    Labels: { team: 'a', tier: 'web' },
    Containers: -1,
  });
  assert.deepEqual(images[1]?.RepoDigests, [`127.0.0.1:5000/team/app@${digest}`]);
});

for (const [filters, expected] of [
  [[['dangling', ['true']]], ['dangling']],
  [[['dangling', ['0']]], ['middle', 'old']],
  [[['label', ['team']]], ['middle', 'old']],
  [[['label', ['team=a', 'tier']]], ['old']],
  [[['label', ['team=a', 'team=b']]], []],
  [[['label!', ['team=a']]], ['dangling', 'middle']],
  [[['before', ['127.0.0.1:5000/team/app:1']]], ['old']],
  [[['since', ['old:v1']]], ['dangling', 'middle']],
  [[['until', ['2026-01-15T00:00:00Z']]], ['old']],
  [[['reference', ['old']]], ['old']],
  [[['reference', ['*:v2']]], ['old']],
  [[['reference', ['*/*/app', 'nope']]], ['middle']],
  [[['reference', ['*/app']]], []],
  [
    [
      ['reference', ['old']],
      ['label', ['team=b']],
    ],
    [],
  ],
] as const) {
  test(`filter ${JSON.stringify(filters)} shows ${expected.join(' and ') || 'nothing'}`, async context => {
    const { paths, ...images } = await threeImages(context);
    const names = new Map(Object.entries(images).map(([name, { id }]) => [id as string, name]));
    assert.deepEqual(
      listed(paths, filters as never).map(({ Id }) => names.get(Id)),
      expected,
    );
  });
}

test('only the names that fit a reference are shown', async context => {
  const { paths } = await threeImages(context);
  assert.deepEqual(listed(paths, [['reference', ['old:v2']]])[0]?.RepoTags, ['old:v2']);
});

for (const [key, value, message] of [
  ['foo', 'x', "invalid filter 'foo'"],
  ['dangling', 'foo', "invalid filter 'dangling=[foo]'"],
  ['before', 'nope', 'No such image: nope:latest'],
  ['reference', '[', 'syntax error in pattern'],
] as const) {
  test(`filter ${key}=${value} is refused as docker does`, async context => {
    const { paths } = await threeImages(context);
    assert.throws(() => listed(paths, [[key, [value]]]), { name: 'UserError', message });
  });
}

test('an image whose config is damaged is still listed and named by inspect', async context => {
  const { paths, old } = await threeImages(context);
  writeFileSync(blobPath(paths, old.id), 'rubbish');
  assert.equal(listed(paths, []).length, 3);
  assert.throws(() => inspect(paths, 'old:v1'), { code: 'IMAGE_DAMAGED', message: /old:v1/ });
});

test('inspect answers with the fields of docker', async context => {
  const paths = temporaryPaths(context);
  const [low, top] = [fakeDigest('01'), fakeDigest('02')];
  const image = await storeImage(
    paths,
    { repoTags: ['docker.io/library/x:latest'], layers: [low, top], size: 7, created: '2026-01-02T03:04:05Z', variant: 'v8' },
    {
      author: 'me',
      config: { Cmd: ['sh'], Env: ['A=1'], User: 'u', Healthcheck: { Test: ['NONE'] }, StopSignal: 'SIGINT' },
      rootfs: { type: 'layers', diff_ids: [low, fakeDigest('03')] },
      history: [{ comment: 'first' }, { comment: 'last' }],
    },
  );
  const layer = (hex: string) => `${paths.root}/layers/${hex.padEnd(64, '0')}/diff`;
  assert.deepEqual(inspect(paths, 'x'), {
    Id: image.id,
    RepoTags: ['x:latest'],
    RepoDigests: [],
    Parent: '',
    Comment: 'last',
    Created: '2026-01-02T03:04:05Z',
    DockerVersion: '',
    Author: 'me',
    Config: {
      Hostname: '',
      Domainname: '',
      User: 'u',
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Env: ['A=1'],
      Cmd: ['sh'],
      Healthcheck: { Test: ['NONE'] },
      Image: '',
      Volumes: null,
      WorkingDir: '',
      Entrypoint: null,
      OnBuild: null,
      Labels: null,
      StopSignal: 'SIGINT',
    },
    Architecture: 'amd64',
    Variant: 'v8',
    Os: 'linux',
    Size: 7,
    GraphDriver: { Data: { LowerDir: layer('01'), UpperDir: layer('02') }, Name: 'overlay' },
    RootFS: { Type: 'layers', Layers: [low, fakeDigest('03')] },
    Metadata: { LastTagTime: '2026-01-01T00:00:00Z' },
  });
});

test('tag names an image, and moves a name from another', async context => {
  const { paths, old, middle } = await threeImages(context);
  await tag(paths, 'old:v1', 'my/name');
  await tag(paths, '127.0.0.1:5000/team/app:1', 'old:v2');
  assert.equal(requireImage(paths, 'my/name:latest').id, old.id);
  assert.equal(requireImage(paths, 'old:v2').id, middle.id);
  assert.deepEqual(requireImage(paths, old.id).repoTags, ['docker.io/library/old:v1', 'docker.io/my/name:latest']);
});

for (const [source, target, message] of [
  ['nope', 'x', 'No such image: nope:latest'],
  ['old:v1', `x@${digest}`, 'refusing to create a tag with a digest reference'],
  ['old:v1', 'sha256:foo', 'refusing to create an ambiguous tag using digest algorithm as name'],
  ['old:v1', 'Foo', 'invalid reference format: repository name (library/Foo) must be lowercase'],
] as const) {
  test(`tag ${source} ${target} says: ${message}`, async context => {
    const { paths } = await threeImages(context);
    await assert.rejects(tag(paths, source, target), { name: 'UserError', message });
  });
}
