import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { parseReference } from '../../../src/core/reference.ts';
import { type Credentials, fetchManifest, openBlob, Repository } from '../../../src/registry/index.ts';
import { type Answer, dockerRegistry, startDockerRegistry, startScriptedRegistry } from '../../support/registry.ts';
import { makeImage, serveImage, type TestImage } from '../../support/registry-image.ts';
import { registryOptions } from '../../support/registry-options.ts';

const signal = new AbortController().signal;

function open(domain: string, credentials?: Credentials): Repository & Disposable {
  const repository = new Repository(parseReference(`${domain}/team/x`), registryOptions({ credentials: async () => credentials }));
  return Object.assign(repository, { [Symbol.dispose]: () => repository.close() });
}

const password: Credentials = { kind: 'password', username: 'me', password: 'hush-hush' };
const basic = `Basic ${Buffer.from('me:hush-hush').toString('base64')}`;

interface TokenServer {
  readonly answer: Answer;
  /** What the token server was asked. */
  readonly asked: { readonly url: URL; readonly authorization: string | undefined; readonly body: string }[];
}

/** A registry that wants a bearer token and gives it itself. */
function bearerRegistry(image: TestImage, grant: (asked: TokenServer['asked'][number]) => { status: number; body: string }): TokenServer {
  const asked: TokenServer['asked'] = [];
  const answer: Answer = async (request, response) => {
    const base = `http://${request.headers.host}`;
    const url = new URL(request.url ?? '', base);
    if (url.pathname === '/token') {
      const body = (await request.setEncoding('utf8').toArray()).join('');
      const question = { url, authorization: request.headers.authorization, body };
      asked.push(question);
      const { status, body: text } = grant(question);
      response.writeHead(status).end(text);
    } else if (request.headers.authorization === 'Bearer good') serveImage(image)(request, response);
    else response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${base}/token",service="a b",scope="ignored"` }).end();
  };
  return { answer, asked };
}

test('an anonymous token is fetched once, for the repository asked for, and used for all that follows', async () => {
  const image = await makeImage({ layers: [{ files: { a: 'a' } }, { files: { b: 'b' } }] });
  const { answer, asked } = bearerRegistry(image, () => ({ status: 200, body: '{"token":"good"}' }));
  await using registry = await startScriptedRegistry(answer);
  using repository = open(registry.domain);
  await Promise.all(image.layers.map(layer => openBlob(repository, layer, signal).toArray()));
  await fetchManifest(repository, 'latest', signal);
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.authorization, undefined);
  assert.deepEqual(
    [...(asked[0]?.url.searchParams ?? [])],
    [
      ['service', 'a b'],
      ['scope', 'repository:team/x:pull'],
    ],
  );
});

test('a token that has run out is replaced in the middle', async () => {
  const image = await makeImage({});
  let tokens = 0;
  const { answer } = bearerRegistry(image, () => ({
    status: 200,
    body: JSON.stringify({ access_token: tokens++ === 0 ? 'stale' : 'good' }),
  }));
  await using registry = await startScriptedRegistry(answer);
  using repository = open(registry.domain);
  await assert.rejects(fetchManifest(repository, 'latest', signal), { code: 'PULL_ACCESS_DENIED' });
  assert.equal((await fetchManifest(repository, 'latest', signal)).digest, image.manifestDigest);
});

test('a password goes to the token server only', async () => {
  const image = await makeImage({});
  const { answer, asked } = bearerRegistry(image, () => ({ status: 200, body: '{"token":"good"}' }));
  await using registry = await startScriptedRegistry(answer);
  using repository = open(registry.domain, password);
  await fetchManifest(repository, 'latest', signal);
  assert.deepEqual(
    asked.map(({ authorization }) => authorization),
    [basic],
  );
  const others = registry.requests.filter(({ line }) => !line.includes('/token'));
  assert.deepEqual(
    others.map(({ headers }) => headers.authorization),
    [undefined, 'Bearer good'],
  );
});

test('an identity token is exchanged by OAuth2', async () => {
  const image = await makeImage({});
  const { answer, asked } = bearerRegistry(image, () => ({ status: 200, body: '{"access_token":"good"}' }));
  await using registry = await startScriptedRegistry(answer);
  using repository = open(registry.domain, { kind: 'identity-token', token: 'refresh' });
  await fetchManifest(repository, 'latest', signal);
  const form = Object.fromEntries(new URLSearchParams(asked[0]?.body));
  assert.deepEqual(form, {
    grant_type: 'refresh_token',
    refresh_token: 'refresh',
    service: 'a b',
    scope: 'repository:team/x:pull',
    client_id: 'tsdocker',
  });
});

const badTokens: [what: string, status: number, body: string, code: string][] = [
  ['2 MB', 200, JSON.stringify({ token: 'x'.repeat(2_000_000) }), 'REGISTRY_RESPONSE_TOO_LARGE'],
  ['rubbish', 200, '<html>hush-hush', 'REGISTRY_TOKEN_INVALID'],
  ['a token with a line break', 200, JSON.stringify({ token: 'hush-hush\r\nX: y' }), 'REGISTRY_TOKEN_INVALID'],
  ['no token', 200, '{}', 'REGISTRY_TOKEN_INVALID'],
  ['a refusal that repeats the password', 401, JSON.stringify({ errors: [{ code: 'X', message: 'hush-hush' }] }), 'REGISTRY_UNAUTHORIZED'],
  ['503 for ever', 503, 'hush-hush', 'REGISTRY_UNAVAILABLE'],
];
for (const [what, status, body, code] of badTokens)
  test(`a token server that answers ${what} is refused, and no secret is shown`, async () => {
    const { answer } = bearerRegistry(await makeImage({}), () => ({ status, body }));
    await using registry = await startScriptedRegistry(answer);
    using repository = open(registry.domain, password);
    await assert.rejects(fetchManifest(repository, 'latest', signal), error => {
      assert.equal(Object(error).code, code);
      assert.doesNotMatch(inspect(error, { depth: 10 }), /hush-hush|aHVzaC/);
      return true;
    });
  });

for (const realm of ['http://registry.example/token', 'ftp://x/', 'nonsense', ''])
  test(`a login at ${JSON.stringify(realm)} is refused`, async () => {
    await using registry = await startScriptedRegistry((_, response) =>
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${realm}"` }).end(),
    );
    using repository = open(registry.domain, password);
    await assert.rejects(fetchManifest(repository, 'latest', signal), { code: 'REGISTRY_AUTH_REALM' });
  });

test('an unknown login scheme is denied access, without end', async () => {
  await using registry = await startScriptedRegistry((_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Negotiate' }).end());
  using repository = open(registry.domain, password);
  await assert.rejects(fetchManifest(repository, 'latest', signal), { code: 'PULL_ACCESS_DENIED' });
  assert.equal(registry.requests.length, 1);
});

// bcrypt of hush-hush
const htpasswd = 'me:$2y$05$abcdefghijklmnopqrstuu4uoW5CdSDmY8cLkib7pLDRBlvRVo8Pe';
test('a docker registry with passwords lets in who knows one', { skip: !existsSync(dockerRegistry) }, async () => {
  await using registry = await startDockerRegistry({ htpasswd });
  using right = open(registry.domain, password);
  await assert.rejects(fetchManifest(right, 'latest', signal), { code: 'MANIFEST_NOT_FOUND' });
  using wrong = open(registry.domain, { ...password, password: 'guess' });
  using anonymous = open(registry.domain);
  for (const repository of [wrong, anonymous])
    await assert.rejects(fetchManifest(repository, 'latest', signal), {
      code: 'PULL_ACCESS_DENIED',
      message: /repository does not exist or may require 'docker login': unauthorized: authentication required$/,
    });
});
