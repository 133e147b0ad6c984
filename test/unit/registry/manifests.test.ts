import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypes } from '../../../src/core/oci-image.ts';
import { parseReference } from '../../../src/core/reference.ts';
import { fetchManifest, Repository } from '../../../src/registry/index.ts';
import { type Answer, startScriptedRegistry } from '../../support/registry.ts';
import { makeImage, serveImage, sha256 } from '../../support/registry-image.ts';
import { quickLimits, registryOptions } from '../../support/registry-options.ts';

async function fetchFrom(domain: string, insecureRegistries: readonly string[] = [], tag = 'latest') {
  const repository = new Repository(parseReference(`${domain}/x`), registryOptions({ insecureRegistries }));
  try {
    return await fetchManifest(repository, tag, new AbortController().signal);
  } finally {
    repository.close();
  }
}

async function fetchAnswered(answer: Answer, tag?: string) {
  await using registry = await startScriptedRegistry(answer);
  return await fetchFrom(registry.domain, [], tag);
}

const json = (body: unknown, status = 200, headers = {}): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_, response) => response.writeHead(status, { 'Content-Type': mediaTypes.ociManifest, ...headers }).end(text);
};
const endless =
  (status: number): Answer =>
  (_, response) => {
    response.writeHead(status);
    const chunk = Buffer.alloc(64 * 1024, 32);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
const errorBody = (code: string, message: string) => ({ errors: [{ code, message }] });

const failures: [what: string, answer: Answer, code: string, message: RegExp][] = [
  ['rubbish instead of JSON', json('<html>'), 'INVALID_MANIFEST', /sent a broken manifest for .*: it is not a JSON object$/],
  ['a JSON list', json([]), 'INVALID_MANIFEST', /not a JSON object/],
  ['JSON of another kind', json({ hello: 1 }), 'INVALID_MANIFEST', /not a valid image manifest/],
  ['layers with a negative size', json({ schemaVersion: 2, config: {}, layers: [] }), 'INVALID_MANIFEST', /not a valid image manifest/],
  [
    'a manifest that is an index too (CVE-2021-41190)',
    json({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], layers: [] }),
    'INVALID_MANIFEST',
    /both a manifest and an index/,
  ],
  ['schema 1', json({ schemaVersion: 1 }), 'UNSUPPORTED_MANIFEST', /old manifest schema 1/],
  ['an unknown media type', json({ schemaVersion: 2, mediaType: 'application/x' }), 'UNSUPPORTED_MANIFEST', /unknown media type/],
  ['a manifest of 5 MB', json(' '.repeat(5_000_000)), 'REGISTRY_RESPONSE_TOO_LARGE', /larger than the 4194304 bytes allowed/],
  ['an endless manifest', endless(200), 'REGISTRY_RESPONSE_TOO_LARGE', /larger than the 4194304 bytes/],
  ['an endless error body', endless(404), 'REGISTRY_RESPONSE_TOO_LARGE', /larger than the 1048576 bytes/],
  [
    'another digest than the registry claims',
    json({ a: 1 }, 200, { 'Docker-Content-Digest': sha256('other') }),
    'DIGEST_MISMATCH',
    /its digest is sha256:/,
  ],
  [
    'a missing tag',
    json(errorBody('MANIFEST_UNKNOWN', 'manifest unknown'), 404),
    'MANIFEST_NOT_FOUND',
    /:latest not found: manifest unknown/,
  ],
  ['a bare 404', json('', 404), 'MANIFEST_NOT_FOUND', /:latest not found: manifest unknown$/],
  [
    'a missing name',
    json(errorBody('NAME_UNKNOWN', 'no such'), 404),
    'REPOSITORY_NOT_FOUND',
    /repository .*\/x not found: name unknown: no such/,
  ],
  [
    'a denied name',
    json(errorBody('DENIED', 'requested access to the resource is denied'), 403),
    'PULL_ACCESS_DENIED',
    /^pull access denied for [^ ]*\/x, repository does not exist or may require 'docker login': denied: requested access/,
  ],
  ['terminal codes in an error', json(errorBody('TEAPOT', '\u001b[31m\nred\u009b'), 418), 'REGISTRY_REFUSED', /teapot: [ -~]*$/],
  ['too many requests for ever', json('', 429, { 'Retry-After': '86400' }), 'REGISTRY_UNAVAILABLE', /toomanyrequests/],
  ['a line cut each time', (_, response) => response.destroy(), 'REGISTRY_UNAVAILABLE', /connection reset$/],
  ['no HTTP at all', ({ socket }) => socket.end('SSH-2.0-x\r\n'), 'REGISTRY_UNAVAILABLE', /it does not speak HTTP$/],
];
for (const [what, answer, code, message] of failures)
  test(`${what} is refused soon, in one sentence`, { timeout: 5000 }, async () => {
    await assert.rejects(fetchAnswered(answer), { name: 'UserError', code, message });
  });

test('a manifest that trickles is given up after the time for documents', { timeout: 5000 }, async () => {
  const limits = { ...quickLimits, stallMs: 5000, documentMs: 100, attempts: 1 };
  await using registry = await startScriptedRegistry((_, response) => {
    const timer = setInterval(() => response.write(' '.repeat(2000)), 10);
    response.once('close', () => clearInterval(timer));
  });
  const repository = new Repository(parseReference(`${registry.domain}/x`), registryOptions({ limits }));
  await assert.rejects(fetchManifest(repository, 'latest', new AbortController().signal), { code: 'REGISTRY_UNAVAILABLE' });
  repository.close();
});

test('a manifest asked for by digest must have it', async () => {
  const image = await makeImage({});
  const found = await fetchAnswered(serveImage(image), image.manifestDigest);
  assert.equal(found.digest, image.manifestDigest);
  await assert.rejects(fetchAnswered(serveImage(image), sha256('other')), { code: 'DIGEST_MISMATCH' });
});

test('503 and a short Retry-After are waited out', async () => {
  const image = await makeImage({});
  let busy = true;
  const answer = serveImage(image, (_, response) => {
    if (!busy) return false;
    busy = false;
    response.writeHead(503, { 'Retry-After': '0' }).end();
    return true;
  });
  assert.equal((await fetchAnswered(answer)).digest, image.manifestDigest);
});

test('nobody listening is said at once', async () => {
  const registry = await startScriptedRegistry(() => {});
  await registry[Symbol.asyncDispose]();
  await assert.rejects(fetchFrom(registry.domain), {
    code: 'REGISTRY_UNAVAILABLE',
    message: `cannot pull ${registry.domain}/x:latest from registry ${registry.domain}: connection refused`,
  });
});

for (const domain of ['x.io:99999', '1.2.3.4.5', '[::1::2]:5000', '256.1.1.1:80'])
  test(`${domain}, which the grammar lets through, is refused as a host`, async () => {
    await assert.rejects(fetchFrom(domain), { name: 'UserError', code: 'INVALID_REGISTRY' });
  });

// 0.0.0.0 leads to this machine, and is no loopback address by docker's rule.
test('plain http is spoken with loopback and with registries listed as insecure only', async () => {
  const image = await makeImage({});
  await using registry = await startScriptedRegistry(serveImage(image));
  const elsewhere = registry.domain.replace('127.0.0.1', '0.0.0.0');
  await assert.rejects(fetchFrom(elsewhere), { code: 'REGISTRY_UNAVAILABLE', message: /server gave HTTP response to HTTPS client$/ });
  assert.equal((await fetchFrom(elsewhere, [elsewhere])).digest, image.manifestDigest);
});
