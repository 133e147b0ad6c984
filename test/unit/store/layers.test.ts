import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import type { Digest } from '../../../src/core/digest.ts';
import { chainId, layerDiffPath, layerExists, layerIds, layerLeftovers, readLayer } from '../../../src/store/layers.ts';
import { layersOf } from '../../../src/worker/index.ts';
import { sha256 } from '../../support/registry-image.ts';
import { type RawEntry, rawEntry, rawTar } from '../../support/tar.ts';
import { openWorkerHome } from '../../support/worker-home.ts';

const home = openWorkerHome();
after(() => home.remove());

const { paths } = home.deps;
const store = layersOf(home.deps);
const tar = rawTar([
  { name: 'd', flag: '5', mode: 0, uid: 1000 },
  { name: 'd/\xff', content: 'mine', uid: 1000, mode: 0o600 },
]);
let made = 0;
const freshId = (): Digest => sha256(`layer ${made++}`);

/** As a pull does it. */
async function add(id: Digest, blob: Readable, onWriter = () => {}): Promise<'made' | 'exists'> {
  return await store.withLayer(id, async writer => {
    if (writer === 'exists') return 'exists';
    onWriter();
    try {
      const { diffId } = await writer.unpack(blob);
      await writer.publish({ diffId, parent: null, blob: { digest: diffId, size: 1, mediaType: 'x' } });
      return 'made';
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  });
}

const folders = () => (existsSync(join(paths.root, 'layers')) ? readdirSync(join(paths.root, 'layers')) : []);
const content = () => Readable.from([tar]);

/** An archive whose rest never comes. */
function stalled(entries: readonly RawEntry[]): Readable {
  const blob = new Readable({ read() {} });
  blob.push(Buffer.concat(entries.map(rawEntry)));
  return blob;
}

/** The processes in the user's namespace, by the files that name them. */
const workers = () => readdirSync(join(paths.run, 'userns')).map(Number);

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    assert.ok(waited < 20_000, 'it never became so');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

test('a chain id is that of the image-spec', () => {
  const first = sha256('first');
  assert.equal(chainId(null, first), first);
  assert.equal(chainId(first, sha256('second')), sha256(`${first} ${sha256('second')}`));
});

test('a layer is there with its record once it is published, and gone when it is removed', async () => {
  const id = freshId();
  assert.equal(layerExists(paths, id), false);
  assert.equal(await add(id, content()), 'made');
  assert.equal(await add(id, content()), 'exists');
  assert.deepEqual(readLayer(paths, id), {
    version: 1,
    chainId: id,
    diffId: sha256(tar),
    parent: null,
    size: 4,
    blob: { digest: sha256(tar), size: 1, mediaType: 'x' },
  });
  assert.ok(layerIds(paths).includes(id));
  await store.removeLayers([id, freshId()]);
  assert.equal(layerExists(paths, id), false);
  assert.deepEqual(folders(), []);
});

test('a layer that can’t be unpacked leaves nothing', async () => {
  const id = freshId();
  await assert.rejects(add(id, Readable.from([tar.subarray(0, 1100)])), { code: 'LAYER_CORRUPT' });
  assert.deepEqual(folders(), []);
});

test('of two who want the same layer one makes it, and the other finds it', async () => {
  const id = freshId();
  let writers = 0;
  const results = await Promise.all([1, 2, 3].map(() => add(id, content(), () => writers++)));
  assert.deepEqual(results.sort(), ['exists', 'exists', 'made']);
  assert.equal(writers, 1);
  await store.removeLayers([id]);
});

test('a worker that is killed in the middle is told, and the layer can be made again', async () => {
  const id = freshId();
  const attempt = add(id, stalled([{ name: 'f' }, { name: 'g', content: 'x' }]));
  attempt.catch(() => {});
  await until(() => existsSync(join(paths.root, 'layers', `.new-${id.slice(7)}`, 'diff/g')));
  for (const pid of workers()) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
  await assert.rejects(attempt, { code: 'WORKER_LOST' });
  assert.equal(layerExists(paths, id), false);
  assert.equal(await add(id, content()), 'made');
  assert.deepEqual(folders(), [id.slice(7)]);
  await store.removeLayers([id]);
});

test('what a killed writer left is replaced by the next writer, and else is a leftover', async () => {
  const [next, never] = [freshId(), freshId()];
  for (const id of [next, never]) {
    const staged = join(paths.root, 'layers', `.new-${id.slice(7)}`, 'diff');
    mkdirSync(staged, { recursive: true });
    writeFileSync(join(staged, 'half'), 'x');
  }
  assert.equal(await add(next, content()), 'made');
  assert.equal(existsSync(join(layerDiffPath(paths, next), 'half')), false);
  await store.removeLeftovers();
  assert.deepEqual(folders(), [next.slice(7)]);
  await store.removeLayers([next]);
});

test('a layer that is just being made is no leftover', async () => {
  const id = freshId();
  const blob = stalled([]);
  const making = add(id, blob);
  await until(() => folders().length > 0);
  assert.deepEqual(layerLeftovers(paths), []);
  blob.push(tar);
  blob.push(null);
  assert.equal(await making, 'made');
  await store.removeLayers([id]);
});

test('a layer that has lost its record or its files is made anew', async () => {
  for (const lost of ['layer.json', 'diff']) {
    const id = freshId();
    await add(id, Readable.from([rawTar([{ name: 'f', content: 'x' }])]));
    rmSync(join(paths.root, 'layers', id.slice(7), lost), { recursive: true });
    assert.equal(layerExists(paths, id), false);
    assert.equal(await add(id, Readable.from([rawTar([{ name: 'f', content: 'x' }])])), 'made');
    assert.equal(readFileSync(join(layerDiffPath(paths, id), 'f'), 'utf8'), 'x');
    await store.removeLayers([id]);
    assert.deepEqual(folders(), []);
  }
});

test('a blob that is cut off lets go of the lock', async () => {
  const id = freshId();
  const blob = stalled([{ name: 'f' }]);
  const attempt = add(id, blob);
  attempt.catch(() => {});
  await until(() => folders().length > 0);
  blob.destroy(new Error('cut'));
  await assert.rejects(attempt, { message: 'cut' });
  assert.equal(await add(id, content()), 'made');
  await store.removeLayers([id]);
});
