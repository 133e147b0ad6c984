import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from '../../../src/core/reference.ts';
import { type Credentials, fetchManifest, Repository } from '../../../src/registry/index.ts';
import { selfSigned } from '../../support/certificate.ts';
import { type Answer, type ScriptedRegistry, startScriptedRegistry } from '../../support/registry.ts';
import { makeImage, serveImage } from '../../support/registry-image.ts';
import { registryOptions } from '../../support/registry-options.ts';

const secret: Credentials = { kind: 'password', username: 'me', password: 'hush' };

async function fetchFrom(domain: string) {
  const repository = new Repository(parseReference(`${domain}/x`), registryOptions({ credentials: async () => secret }));
  try {
    return await fetchManifest(repository, 'latest', new AbortController().signal);
  } finally {
    repository.close();
  }
}

/** Wants a login first, then answers with `answer`. */
const behindLogin =
  (answer: Answer): Answer =>
  (request, response) => {
    if (request.headers.authorization === undefined) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    else answer(request, response);
  };
const redirect =
  (location: string | ((url: string) => string), status = 307): Answer =>
  ({ url = '' }, response) =>
    response.writeHead(status, { Location: typeof location === 'string' ? location : location(url) }).end();
const authorizations = ({ requests }: ScriptedRegistry) => requests.map(({ headers }) => headers.authorization);

for (const status of [301, 302, 303, 307, 308])
  test(`${status} to another host is followed without the credentials`, async () => {
    const image = await makeImage({});
    await using other = await startScriptedRegistry(serveImage(image));
    await using registry = await startScriptedRegistry(behindLogin(redirect(url => `http://${other.domain}${url}`, status)));
    assert.equal((await fetchFrom(registry.domain)).digest, image.manifestDigest);
    assert.deepEqual(authorizations(other), [undefined]);
  });

test('a redirect on the same host keeps the credentials', async () => {
  const image = await makeImage({});
  const answer = serveImage(image, (request, response) => {
    if (request.url?.startsWith('/v2/moved')) return false;
    redirect('/v2/moved/manifests/latest')(request, response);
    return true;
  });
  await using registry = await startScriptedRegistry(behindLogin(answer));
  assert.equal((await fetchFrom(registry.domain)).digest, image.manifestDigest);
});

test('credentials do not come back when another host redirects to the first', async () => {
  const image = await makeImage({});
  let asked = 0;
  const first: Answer = (request, response) => {
    if (request.url?.startsWith('/v2/back')) serveImage(image)(request, response);
    else behindLogin(redirect(`http://${other.domain}/`))(request, response);
    asked++;
  };
  await using registry = await startScriptedRegistry(first);
  await using other = await startScriptedRegistry((request, response) =>
    redirect(`http://${registry.domain}/v2/back/manifests/latest`)(request, response),
  );
  await fetchFrom(registry.domain);
  assert.equal(asked, 3);
  assert.equal(authorizations(registry).at(-1), undefined);
});

test('a login asked for by the redirected host is not given', async () => {
  const wantsLogin: Answer = (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
  await using evil = await startScriptedRegistry(wantsLogin);
  await using registry = await startScriptedRegistry(redirect(url => `http://${evil.domain}${url}`));
  await assert.rejects(fetchFrom(registry.domain), { code: 'PULL_ACCESS_DENIED' });
  assert.deepEqual(authorizations(evil), [undefined]);
});

const refused: [what: string, location: string, message: RegExp][] = [
  ['a loop', '/v2/x/manifests/latest', /redirects more than 10 times$/],
  ['the scheme file', 'file:///etc/passwd', /redirects to the scheme file$/],
  ['the scheme data', 'data:,x', /redirects to the scheme data$/],
  ['no valid address', 'http://[', /redirects to no valid address$/],
];
for (const [what, location, message] of refused)
  test(`a redirect to ${what} is refused`, async () => {
    await using registry = await startScriptedRegistry(redirect(location));
    await assert.rejects(fetchFrom(registry.domain), { name: 'UserError', code: 'REGISTRY_REDIRECT', message });
    assert.ok(registry.requests.length <= 11);
  });

test('a step from https down to http is refused, and the http host is not asked', async () => {
  await using plain = await startScriptedRegistry(() => {});
  await using registry = await startScriptedRegistry(redirect(`http://${plain.domain}/`), selfSigned());
  await assert.rejects(fetchFrom(registry.domain), { code: 'REGISTRY_REDIRECT', message: /from https to http/ });
  assert.deepEqual(plain.requests, []);
});

test('an unsigned certificate is good enough on loopback, and nowhere else unless listed', async () => {
  const image = await makeImage({});
  await using registry = await startScriptedRegistry(serveImage(image), selfSigned());
  assert.equal((await fetchFrom(registry.domain)).digest, image.manifestDigest);
  // 0.0.0.0 leads to this machine, and is no loopback address by docker's rule.
  await assert.rejects(fetchFrom(registry.domain.replace('127.0.0.1', '0.0.0.0')), {
    code: 'REGISTRY_UNAVAILABLE',
    message: /its certificate is self-signed$/,
  });
});
