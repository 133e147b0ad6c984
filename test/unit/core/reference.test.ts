import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../src/core/errors.ts';
import { familiarName, familiarReference, fullName, fullReference, parseNamed, parseReference } from '../../../src/core/reference.ts';

const hex = 'dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c';

const names: [text: string, full: string, familiar: string][] = [
  ['fooo/bar', 'docker.io/fooo/bar', 'fooo/bar'],
  ['index.docker.io/fooo/bar', 'docker.io/fooo/bar', 'fooo/bar'],
  ['ubuntu', 'docker.io/library/ubuntu', 'ubuntu'],
  ['library/ubuntu', 'docker.io/library/ubuntu', 'ubuntu'],
  ['docker.io/ubuntu', 'docker.io/library/ubuntu', 'ubuntu'],
  ['docker.io/library/foo/bar', 'docker.io/library/foo/bar', 'library/foo/bar'],
  ['127.0.0.1:8000/private/moonbase', '127.0.0.1:8000/private/moonbase', '127.0.0.1:8000/private/moonbase'],
  ['localhost/x', 'localhost/x', 'localhost/x'],
  ['example.com/x', 'example.com/x', 'example.com/x'],
  ['Foo/bar', 'Foo/bar', 'Foo/bar'],
  ['test_com/foo', 'docker.io/test_com/foo', 'test_com/foo'],
  ['[fc00::1]:5000/docker', '[fc00::1]:5000/docker', '[fc00::1]:5000/docker'],
  ['dock__er/docker', 'docker.io/dock__er/docker', 'dock__er/docker'],
  ['docker---rules/docker', 'docker.io/docker---rules/docker', 'docker---rules/docker'],
  ['192.168.0.1:80', 'docker.io/library/192.168.0.1', '192.168.0.1'],
];
for (const [text, full, familiar] of names)
  test(`${text} is named ${full}`, () => {
    const reference = parseNamed(text);
    assert.equal(fullName(reference), full);
    assert.equal(familiarName(reference), familiar);
  });

const references: [text: string, full: string, familiar: string][] = [
  ['redis', 'docker.io/library/redis:latest', 'redis:latest'],
  ['redis:7', 'docker.io/library/redis:7', 'redis:7'],
  [`redis@sha256:${hex}`, `docker.io/library/redis@sha256:${hex}`, `redis@sha256:${hex}`],
  [`redis:7@sha256:${hex}`, `docker.io/library/redis:7@sha256:${hex}`, `redis:7@sha256:${hex}`],
  ['localhost:5000/a/b:T_1.x-', 'localhost:5000/a/b:T_1.x-', 'localhost:5000/a/b:T_1.x-'],
  [`x:${'t'.repeat(128)}`, `docker.io/library/x:${'t'.repeat(128)}`, `x:${'t'.repeat(128)}`],
  [`docker.io/${hex}`, `docker.io/library/${hex}:latest`, `${hex}:latest`],
];
for (const [text, full, familiar] of references)
  test(`${text.slice(0, 40)} is completed to ${full.slice(0, 60)}`, () => {
    const reference = parseReference(text);
    assert.equal(fullReference(reference), full);
    assert.equal(familiarReference(reference), familiar);
  });

test('without a tag none is made up by parseNamed', () => {
  assert.equal(parseNamed('redis').tag, undefined);
});

const format = 'invalid reference format';
const refused: [text: string, message: string][] = [
  ['', format],
  ['../../x', format],
  [`x:${'t'.repeat(129)}`, format],
  ['A/B', `${format}: repository name (B) must be lowercase`],
  ['docker/Docker', `${format}: repository name (docker/Docker) must be lowercase`],
  ['Busybox:1', `${format}: repository name (library/Busybox) must be lowercase`],
  ['-v', format],
  ['--rm', format],
  ['x@sha256:zz', format],
  [`x@sha256:${hex}0`, 'invalid checksum digest length'],
  [`x@sha256:${hex.toUpperCase()}`, 'invalid checksum digest format'],
  [`x@md5:${hex}`, 'unsupported digest algorithm'],
  ['x:', format],
  ['x@', format],
  ['x:-foo', format],
  ['/x', format],
  ['x/', format],
  ['docker///docker', format],
  ['docker-/docker', format],
  ['dock..er/docker', format],
  ['____/____', format],
  ['https://github.com/docker/docker', format],
  ['fc00::1:5000/debian', format],
  ['[fe80::1%eth0]:5000/debian', format],
  ['x y', format],
  ['x\n', format],
  ['x\u001b[31m', format],
  ['xé', format],
  ['x'.repeat(300), 'repository name must not be more than 255 characters'],
  ['x'.repeat(1_000_000), format],
  [`${'a-'.repeat(900)}!`, format],
  [hex, `invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`],
];
for (const [text, message] of refused)
  test(`${JSON.stringify(text.slice(0, 40))} is refused: ${message.slice(0, 50)}`, () => {
    assert.throws(
      () => parseReference(text),
      error => error instanceof UserError && error.code === 'INVALID_REFERENCE' && error.message === message,
    );
  });
