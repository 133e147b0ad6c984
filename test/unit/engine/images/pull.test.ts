import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../../src/core/errors.ts';
import type { ProgressEvent } from '../../../../src/core/events.ts';
import { mediaTypes } from '../../../../src/core/oci-image.ts';
import { parseReference } from '../../../../src/core/reference.ts';
import { pullImage } from '../../../../src/engine/images/pull.ts';
import { defaultLimits } from '../../../../src/registry/index.ts';
import { MemoryPullTarget } from '../../../support/memory-pull-target.ts';
import { dockerRegistry, type RunningRegistry, startDockerRegistry, startScriptedRegistry } from '../../../support/registry.ts';
import { makeImage, pushImage, pushManifest, serveImage, sha256, type TestImage } from '../../../support/registry-image.ts';
import { registryOptions } from '../../../support/registry-options.ts';

const skip = existsSync(dockerRegistry) ? false : 'docker-registry is not installed';

function pull(target: MemoryPullTarget, reference: string, options: { platform?: string; signal?: AbortSignal } = {}) {
  const events: ProgressEvent[] = [];
  const limits = { ...defaultLimits, backoffMs: 1 };
  const deps = { target, registry: registryOptions({ limits }), arch: 'x64' };
  const result = pullImage(deps, parseReference(reference), options, event => events.push(event));
  return Object.assign(result, { events });
}

function index(...images: readonly { image: TestImage; platform: string }[]): Buffer {
  const manifests = images.map(({ image, platform }) => {
    const [os, architecture, variant] = platform.split('/');
    return {
      mediaType: image.manifestType,
      digest: image.manifestDigest,
      size: image.manifest.length,
      platform: { os, architecture, variant },
    };
  });
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
}

const layersOf = (...names: string[]) => names.map(name => ({ files: { [name]: name.repeat(5000) } }));

describe('from a docker registry', { skip }, () => {
  let registry: RunningRegistry;
  before(async () => {
    registry = await startDockerRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());

  for (const format of ['oci', 'docker'] as const)
    test(`an image in ${format} format arrives with all layers, names and documents`, async () => {
      const image = await makeImage({ format, layers: layersOf('a', 'b', 'c', 'd', 'e') });
      await pushImage(registry.domain, `team/${format}`, 'v1', image);
      const target = new MemoryPullTarget();
      const name = `${registry.domain}/team/${format}`;
      const pulling = pull(target, `${name}:v1`);
      const result = await pulling;

      assert.deepEqual(result, {
        reference: `${name}:v1`,
        id: image.config.digest,
        digest: image.manifestDigest,
        upToDate: false,
      });
      const [record] = target.records;
      assert.deepEqual(record?.repoTags, [`${name}:v1`]);
      assert.deepEqual(record?.repoDigests, [`${name}@${image.manifestDigest}`]);
      assert.equal(record?.created, '2026-01-02T03:04:05Z');
      assert.deepEqual(
        record?.layers.map(chain => target.published.get(chain)?.diffId),
        image.diffIds,
      );
      assert.deepEqual(
        record?.layers.map(chain => target.published.get(chain)?.parent),
        [null, ...(record?.layers.slice(0, -1) ?? [])],
      );
      assert.deepEqual(
        record?.layers.map(chain => target.published.get(chain)?.blob),
        image.layers,
      );
      assert.deepEqual([...target.blobs.keys()].sort(), [image.config.digest, image.manifestDigest].sort());
      assert.deepEqual(pulling.events.at(-1), {
        type: 'pull.done',
        reference: `${name}:v1`,
        digest: image.manifestDigest,
        upToDate: false,
      });
      const last = new Map(pulling.events.flatMap(event => (event.type === 'pull.layer' ? [[event.layer, event]] : [])));
      assert.deepEqual(
        [...last.values()].map(({ status, done, total }) => status === 'complete' && done === total),
        image.layers.map(() => true),
      );
    });

  test('layers may be gzip, zstd or plain', async () => {
    const compressions = ['gzip', 'zstd', 'none'] as const;
    const image = await makeImage({ layers: compressions.map(compression => ({ files: { [compression]: 'x' }, compression })) });
    await pushImage(registry.domain, 'mixed', 'latest', image);
    const target = new MemoryPullTarget();
    await pull(target, `${registry.domain}/mixed`);
    assert.deepEqual([...target.published.values()].map(({ diffId }) => diffId).sort(), [...image.diffIds].sort());
  });

  test('a second pull downloads nothing and says up to date; a moved tag brings only what is new', async () => {
    const first = await makeImage({ layers: layersOf('base', 'old') });
    await pushImage(registry.domain, 'moving', 'latest', first);
    const target = new MemoryPullTarget();
    const reference = `${registry.domain}/moving`;
    assert.equal((await pull(target, reference)).upToDate, false);
    const again = pull(target, reference);
    assert.equal((await again).upToDate, true);
    assert.deepEqual(statuses(again.events), {});

    await pushImage(registry.domain, 'moving', 'latest', await makeImage({ layers: layersOf('base', 'new') }));
    const moved = pull(target, reference);
    assert.equal((await moved).upToDate, false);
    assert.deepEqual(statuses(moved.events), { exists: 1, complete: 1 });
  });

  test('a digest that came with a tag is up to date, unless a layer got lost, which is brought again', async () => {
    const image = await makeImage({ layers: layersOf('kept', 'lost') });
    await pushImage(registry.domain, 'again', 'latest', image);
    const target = new MemoryPullTarget();
    await pull(target, `${registry.domain}/again`);
    const reference = `${registry.domain}/again@${image.manifestDigest}`;
    assert.equal((await pull(target, reference)).upToDate, true);
    const [lost] = [...target.published.keys()].slice(-1);
    assert.ok(lost);
    target.published.delete(lost);
    const healed = pull(target, reference);
    assert.equal((await healed).upToDate, false);
    assert.deepEqual(statuses(healed.events), { complete: 1 });
  });

  test('by digest no tag is set, and a tag beside the digest is not asked for', async () => {
    const image = await makeImage({});
    await pushImage(registry.domain, 'pinned', 'latest', image);
    const target = new MemoryPullTarget();
    await pull(target, `${registry.domain}/pinned:nosuchtag@${image.manifestDigest}`);
    assert.deepEqual(target.records[0]?.repoTags, []);
    assert.deepEqual(target.records[0]?.repoDigests, [`${registry.domain}/pinned@${image.manifestDigest}`]);
  });

  test('an index gives the image of the platform, under the digest of the index', async () => {
    const amd = await makeImage({ layers: layersOf('amd') });
    const arm = await makeImage({ layers: layersOf('arm'), architecture: 'arm64' });
    await pushImage(registry.domain, 'many', 'amd', amd);
    await pushImage(registry.domain, 'many', 'arm', arm);
    const list = index({ image: arm, platform: 'linux/arm64/v8' }, { image: amd, platform: 'linux/amd64' });
    await pushManifest(registry.domain, 'many', 'latest', list, mediaTypes.ociIndex);
    const reference = `${registry.domain}/many`;

    const own = await pull(new MemoryPullTarget(), reference);
    assert.equal(own.id, amd.config.digest);
    assert.equal(own.digest, sha256(list));
    assert.equal((await pull(new MemoryPullTarget(), reference, { platform: 'linux/arm64' })).id, arm.config.digest);
    await assert.rejects(pull(new MemoryPullTarget(), reference, { platform: 'linux/riscv64' }), {
      code: 'PLATFORM_NOT_FOUND',
      message: 'no matching manifest for linux/riscv64 in the manifest list entries; available: linux/arm64/v8, linux/amd64',
    });
  });

  test('a single image of another platform than asked for is pulled with a warning', async () => {
    await pushImage(registry.domain, 'single', 'latest', await makeImage({}));
    const pulling = pull(new MemoryPullTarget(), `${registry.domain}/single`, { platform: 'linux/arm64' });
    await pulling;
    assert.match(pulling.events.flatMap(event => (event.type === 'warning' ? event.message : [])).join(), /linux\/arm64.*linux\/amd64/);
  });

  test('two pulls at once into one store download each layer once', async () => {
    await pushImage(registry.domain, 'twice', 'latest', await makeImage({ layers: layersOf('q', 'r', 's', 't') }));
    const target = new MemoryPullTarget();
    const pulls = [pull(target, `${registry.domain}/twice`), pull(target, `${registry.domain}/twice`)];
    await Promise.all(pulls);
    assert.deepEqual(statuses(pulls.flatMap(({ events }) => events)), { complete: 4, exists: 4 });
  });

  test('a name or tag that is not there is said in the words of docker', async () => {
    const reference = `${registry.domain}/nothing:here`;
    await assert.rejects(pull(new MemoryPullTarget(), reference), {
      code: 'MANIFEST_NOT_FOUND',
      message: `manifest for ${reference} not found: manifest unknown: manifest unknown`,
    });
  });
});

function statuses(events: readonly ProgressEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events)
    if (event.type === 'pull.layer' && (event.status === 'complete' || event.status === 'exists'))
      counts[event.status] = (counts[event.status] ?? 0) + 1;
  return counts;
}

const lies: [what: string, code: string, image: () => Promise<TestImage>][] = [
  ['a config with fewer diff ids than layers', 'INVALID_IMAGE', () => makeImage({ config: { rootfs: { type: 'layers', diff_ids: [] } } })],
  [
    'a layer that unpacks to something else',
    'DIFF_ID_MISMATCH',
    () => makeImage({ config: { rootfs: { type: 'layers', diff_ids: [sha256('other')] } } }),
  ],
  ['a config that is no JSON object', 'INVALID_IMAGE', () => makeImage({ config: { rootfs: 7 } })],
  [
    'what is no image',
    'NOT_AN_IMAGE',
    () =>
      makeImage({
        config: { rootfs: 7 },
        manifest: honest => ({ ...honest, config: { ...Object(honest['config']), mediaType: 'application/vnd.cncf.helm.config.v1+json' } }),
      }),
  ],
  ['an image for windows', 'UNSUPPORTED_OS', () => makeImage({ config: { os: 'windows' } })],
  [
    'a foreign layer by its type',
    'FOREIGN_LAYER',
    () =>
      makeImage({
        manifest: honest => ({
          ...honest,
          layers: [{ mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', digest: sha256('x'), size: 1 }],
        }),
      }),
  ],
  [
    'a config said to be 5 MB',
    'REGISTRY_RESPONSE_TOO_LARGE',
    () => makeImage({ manifest: honest => ({ ...honest, config: { ...Object(honest['config']), size: 5_000_000 } }) }),
  ],
  [
    'a layer with a digest that would lead out of the store',
    'INVALID_MANIFEST',
    () => makeImage({ manifest: honest => ({ ...honest, layers: [{ mediaType: 'x', digest: 'sha256:../../../etc', size: 1 }] }) }),
  ],
];
for (const [what, code, make] of lies)
  test(`${what} is refused, and nothing is recorded`, async () => {
    await using registry = await startScriptedRegistry(serveImage(await make()));
    const target = new MemoryPullTarget();
    await assert.rejects(pull(target, `${registry.domain}/x`), error => error instanceof UserError && error.code === code);
    assert.equal(target.records.length + target.published.size, 0);
  });

test('an image of many layers is pulled without a warning from node, each layer once', async () => {
  const image = await makeImage({ layers: layersOf(...Array.from({ length: 130 }, (_, index) => `f${index}`)) });
  await using registry = await startScriptedRegistry(serveImage(image));
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const target = new MemoryPullTarget();
  await pull(target, `${registry.domain}/x`);
  // Warnings are emitted in a later turn.
  await new Promise(resolve => setImmediate(resolve));
  process.off('warning', note);
  assert.deepEqual(warnings, []);
  assert.equal(target.published.size, 130);
  assert.equal(registry.requests.length, 132);
});

test('never more than three layers are on the line', async () => {
  const image = await makeImage({ layers: layersOf('a', 'b', 'c', 'd', 'e', 'f') });
  let open = 0;
  let most = 0;
  const answer = serveImage(image, ({ url = '' }, response) => {
    const digest = image.layers.find(layer => url.endsWith(layer.digest))?.digest;
    if (digest === undefined) return false;
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end(image.blobs.get(digest));
    }, 20);
    return true;
  });
  await using registry = await startScriptedRegistry(answer);
  await pull(new MemoryPullTarget(), `${registry.domain}/x`);
  assert.equal(most, 3);
});

test('a foreign layer is refused before its host is asked for anything', async () => {
  await using evil = await startScriptedRegistry((_request, response) => response.writeHead(401).end());
  const image = await makeImage({
    manifest: honest => ({
      ...honest,
      layers: [{ mediaType: mediaTypes.ociLayer, digest: sha256('x'), size: 1, urls: [`http://${evil.domain}/x`] }],
    }),
  });
  await using registry = await startScriptedRegistry(serveImage(image));
  await assert.rejects(pull(new MemoryPullTarget(), `${registry.domain}/x`), { code: 'FOREIGN_LAYER' });
  assert.deepEqual(evil.requests, []);
});

test('one bad layer stops the others, each given up, and nothing of the image is recorded', async () => {
  const image = await makeImage({ layers: layersOf('a', 'b', 'c') });
  const bad = image.layers[1]?.digest ?? '';
  const hanging = image.layers[2]?.digest ?? '';
  const registry = await startScriptedRegistry(
    serveImage(image, ({ url = '' }, response) => {
      if (url.endsWith(hanging)) response.writeHead(200).write('x');
      if (url.endsWith(bad)) response.writeHead(404).end();
      return url.endsWith(hanging) || url.endsWith(bad);
    }),
  );
  await using _registry = registry;
  const target = new MemoryPullTarget();
  await assert.rejects(pull(target, `${registry.domain}/x`), { code: 'BLOB_NOT_FOUND' });
  assert.equal(target.records.length, 0);
  assert.ok(target.abandoned >= 1);
});

test('an unpacker that fails (disk full) ends the download at once, though the line hangs', async () => {
  const image = await makeImage({});
  const registry = await startScriptedRegistry(
    serveImage(image, ({ url = '' }, response) => {
      const layer = url.endsWith(image.layers[0]?.digest ?? '');
      if (layer) response.writeHead(200).write('x');
      return layer;
    }),
  );
  await using _registry = registry;
  const full = new Error('no space left on device');
  const target = new MemoryPullTarget({ failUnpack: () => full });
  await assert.rejects(pull(target, `${registry.domain}/x`), full);
  assert.equal(target.abandoned, 1);
});

test('an abort in the middle of a layer ends the pull at once with its reason', async () => {
  const image = await makeImage({});
  const abort = new AbortController();
  const reason = new Error('Ctrl-C');
  const registry = await startScriptedRegistry(
    serveImage(image, ({ url = '' }, response) => {
      const layer = url.endsWith(image.layers[0]?.digest ?? '');
      if (layer) response.writeHead(200).write('x', () => abort.abort(reason));
      return layer;
    }),
  );
  await using _registry = registry;
  const target = new MemoryPullTarget();
  await assert.rejects(pull(target, `${registry.domain}/x`, { signal: abort.signal }), reason);
  assert.equal(target.abandoned, 1);
});
