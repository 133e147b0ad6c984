import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Index } from '../../../src/core/oci-image.ts';
import { formatPlatform, hostPlatform, parsePlatform, selectManifest } from '../../../src/registry/index.ts';
import { sha256 } from '../../support/registry-image.ts';

const indexOf = (platforms: readonly string[]): Index => ({
  schemaVersion: 2,
  manifests: platforms.map(platform => {
    const [os = '', architecture = '', variant] = platform.split('/');
    const descriptor = { mediaType: 'x', digest: sha256(platform), size: 1 };
    return platform === '' ? descriptor : { ...descriptor, platform: { os, architecture, ...(variant && { variant }) } };
  }),
});

const parsed: [text: string, platform: string][] = [
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['Linux/AMD64', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['linux', 'linux/s390x'],
  ['windows', 'windows/s390x'],
];
for (const [text, platform] of parsed)
  test(`--platform ${text} means ${platform}`, () => {
    assert.equal(formatPlatform(parsePlatform(text, 's390x')), platform);
  });

for (const text of ['', 'linux/', '/amd64', 'a/b/c/d', 'linux/am d', 'linux/\u001b[0m'])
  test(`--platform ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parsePlatform(text, 'amd64'), { code: 'INVALID_PLATFORM' });
  });

test('the names node has for processors become those of images', () => {
  assert.deepEqual(
    ['x64', 'arm64', 'arm', 'ia32', 'riscv64'].map(arch => formatPlatform(hostPlatform(arch))),
    ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/riscv64'],
  );
});

const selected: [wanted: string, available: string[], chosen: string][] = [
  ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
  ['linux/amd64', ['linux/amd64/v3', 'linux/amd64/v1'], 'linux/amd64/v1'],
  ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'], 'linux/amd64/v2'],
  ['linux/amd64', ['linux/386', 'windows/amd64'], 'linux/386'],
  ['linux/arm64', ['linux/arm/v7', 'linux/arm64/v8'], 'linux/arm64/v8'],
  ['linux/arm64', ['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v8'], 'linux/arm/v6'],
  ['linux/arm/v6', ['linux/arm', 'linux/arm/v5'], 'linux/arm/v5'],
  ['linux/amd64', ['', 'linux/arm64'], ''],
];
for (const [wanted, available, chosen] of selected)
  test(`${wanted} out of ${available.join(' ')} takes ${chosen || 'the one without a platform'}`, () => {
    assert.equal(selectManifest(indexOf(available), parsePlatform(wanted, '')).digest, sha256(chosen));
  });

test('what is missing is said with what there is, without attestations and terminal codes', () => {
  const index = indexOf(['linux/arm/v7', 'unknown/unknown', 'linux/\u001b[31m']);
  assert.throws(() => selectManifest(index, parsePlatform('linux/amd64', '')), {
    code: 'PLATFORM_NOT_FOUND',
    message: 'no matching manifest for linux/amd64 in the manifest list entries; available: linux/arm/v7, linux/?[31m',
  });
});
