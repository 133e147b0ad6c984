import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { dockerConfigDir, dockerCredentials } from '../../../src/registry/index.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tsdocker-credentials-'));
});
after(() => rm(dir, { recursive: true }));

const signal = new AbortController().signal;

async function lookUp(config: object | string, domain: string) {
  await writeFile(join(dir, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return dockerCredentials(dir, { PATH: `${dir}:/usr/bin:/bin` })(domain, signal);
}

async function helper(name: string, script: string): Promise<void> {
  const path = join(dir, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const me = { kind: 'password', username: 'me', password: 'pa:ss' };

const found: [what: string, auths: object, domain: string, credentials: object | undefined][] = [
  ['the exact host', { 'reg:5000': { auth: base64('me:pa:ss') } }, 'reg:5000', me],
  ['a host written as an address', { 'https://reg.io/v1/': { auth: base64('me:pa:ss') } }, 'reg.io', me],
  ['docker hub under its old name', { 'https://index.docker.io/v1/': { auth: base64('me:pa:ss') } }, 'docker.io', me],
  ['user name and password apart', { r: { username: 'me', password: 'pa:ss' } }, 'r', me],
  ['padding with NUL', { r: { auth: base64('me:pa:ss\0\0') } }, 'r', me],
  ['an identity token', { r: { auth: base64('me:'), identitytoken: 't' } }, 'r', { kind: 'identity-token', token: 't' }],
  ['a registry token', { r: { registrytoken: 't' } }, 'r', { kind: 'registry-token', token: 't' }],
  ['nothing for another port', { 'reg:5000': { auth: base64('me:pa:ss') } }, 'reg:5001', undefined],
  ['nothing for an entry that a helper left empty', { r: {} }, 'r', undefined],
  ['nothing for what is no base64 of a pair', { r: { auth: '????' } }, 'r', undefined],
];
for (const [what, auths, domain, credentials] of found)
  test(`auths: ${what}`, async () => {
    assert.deepEqual(await lookUp({ auths, HttpHeaders: { X: 'y' } }, domain), credentials);
  });

test('without a file everything is anonymous', async () => {
  assert.equal(await dockerCredentials(join(dir, 'none'), {})('r', signal), undefined);
});

test('DOCKER_CONFIG names the folder', () => {
  assert.equal(dockerConfigDir({ DOCKER_CONFIG: '/x' }, '/home/me'), '/x');
  assert.equal(dockerConfigDir({ DOCKER_CONFIG: '' }, '/home/me'), '/home/me/.docker');
});

for (const text of ['', '{"auths": {"r": {"auth": "c2VjcmV0"}', '7', '{"auths": {"r": "c2VjcmV0"}}'])
  test(`a broken file is named and not quoted: ${text}`, async () => {
    await assert.rejects(lookUp(text, 'r'), error => {
      assert.equal(Object(error).code, 'DOCKER_CONFIG_INVALID');
      assert.ok(Object(error).message.startsWith(`${dir}/config.json `));
      assert.doesNotMatch(inspect(error), /c2VjcmV0/);
      return true;
    });
  });

test('the store of credentials is asked by the name of the server', async () => {
  await helper('store', `read url; echo "{\\"ServerURL\\":\\"$url\\",\\"Username\\":\\"$1-$url\\",\\"Secret\\":\\"s\\"}"`);
  assert.deepEqual(await lookUp({ credsStore: 'store', auths: { r: {} } }, 'r'), { kind: 'password', username: 'get-r', password: 's' });
  assert.deepEqual(await lookUp({ credsStore: 'store' }, 'docker.io'), {
    kind: 'password',
    username: 'get-https://index.docker.io/v1/',
    password: 's',
  });
});

test('a helper of its own goes before the store', async () => {
  await helper('own', `echo '{"Username":"<token>","Secret":"refresh"}'`);
  const config = { credsStore: 'missing', credHelpers: { r: 'own' } };
  assert.deepEqual(await lookUp(config, 'r'), { kind: 'identity-token', token: 'refresh' });
});

test('a helper that knows nothing leaves it anonymous', async () => {
  await helper('empty', 'echo "credentials not found in native keychain"; exit 1');
  assert.equal(await lookUp({ credsStore: 'empty' }, 'r'), undefined);
});

const brokenHelpers: [name: string, script: string, message: string][] = [
  ['fails', 'echo top-secret; echo top-secret >&2; exit 3', 'credential helper docker-credential-fails failed with exit code 3'],
  ['babbles', 'echo top-secret', 'credential helper docker-credential-babbles did not answer in JSON'],
  ['floods', 'exec head -c 3000000 /dev/zero', 'credential helper docker-credential-floods answered too much'],
];
for (const [name, script, message] of brokenHelpers)
  test(`a helper that ${name} is named, and its words are kept`, async () => {
    await helper(name, script);
    await assert.rejects(lookUp({ credsStore: name }, 'r'), error => {
      assert.deepEqual([Object(error).code, Object(error).message], ['CREDENTIAL_HELPER', message]);
      assert.doesNotMatch(inspect(error, { depth: 10 }), /top-secret/);
      return true;
    });
  });

test('a helper that is not there, or would be a path, is refused', async () => {
  await assert.rejects(lookUp({ credsStore: 'nowhere' }, 'r'), { message: 'credential helper docker-credential-nowhere is not on PATH' });
  await assert.rejects(lookUp({ credsStore: '../../bin/sh' }, 'r'), { message: /is not a valid name$/ });
});
