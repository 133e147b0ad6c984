import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../../../src/engine/configuration.ts';

const noFlags = { storageOpts: [], insecureRegistries: [] };

function homeWith(t: { after(undo: () => void): void }, config?: string): string {
  const home = mkdtempSync(join(tmpdir(), 'tsdocker-config-'));
  t.after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, '.config/tsdocker'), { recursive: true });
  if (config !== undefined) writeFileSync(join(home, '.config/tsdocker/config.json'), config);
  return home;
}

function load(home: string, flags: object = {}) {
  return loadSettings({ env: {}, uid: 1000, home, dockerConfig: join(home, '.docker'), flags: { ...noFlags, ...flags } });
}

test('without a file everything has its default', async t => {
  const home = homeWith(t);
  const settings = await load(home);
  assert.equal(settings.paths.root, join(home, '.local/share/tsdocker'));
  assert.equal(settings.storageDriver, undefined);
  assert.equal(settings.logDriver, 'json-file');
  assert.deepEqual(settings.insecureRegistries, []);
});

test('flags win over the file, and lists are joined', async t => {
  const home = homeWith(
    t,
    JSON.stringify({ 'data-root': '/a', 'storage-driver': 'vfs', 'insecure-registries': ['x'], runtime: 'runc', dns: ['1.1.1.1'] }),
  );
  const file = await load(home);
  assert.deepEqual([file.paths.root, file.storageDriver, file.runtime, file.dns], ['/a', 'vfs', 'runc', ['1.1.1.1']]);
  const both = await load(home, { root: '/b', storageDriver: 'overlay2', insecureRegistries: ['y'], runtime: 'crun' });
  assert.deepEqual([both.paths.root, both.storageDriver, both.runtime], ['/b', 'overlay', 'crun']);
  assert.deepEqual(both.insecureRegistries, ['x', 'y']);
});

const bad: readonly (readonly [config: string, message: RegExp])[] = [
  ['{"storage-drivr": "vfs"}', /config\.json: unknown key "storage-drivr"/],
  ['{"dns": "1.1.1.1"}', /config\.json: key "dns": /],
  ['{"dns": [1]}', /config\.json: key "dns\.0": /],
  ['{"data-root": "relative"}', /config\.json: key "data-root": /],
  ['{"storage-driver": "zfs"}', /config\.json: key "storage-driver": /],
  ['{', /invalid configuration in \/.*config\.json: /],
  ['[]', /invalid configuration in \/.*config\.json: /],
];

for (const [config, message] of bad) {
  test(`the file ${config} is refused by key`, async t => {
    await assert.rejects(load(homeWith(t, config)), { name: 'UserError', message, exitCode: 125 });
  });
}

test('a storage option is refused by name, from a flag and from the file', async t => {
  const refused = { message: /unknown storage option "size"/ };
  await assert.rejects(load(homeWith(t), { storageOpts: ['size=1G'] }), refused);
  await assert.rejects(load(homeWith(t, '{"storage-opts": ["size=1G"]}')), refused);
});

test('a storage driver that does not exist is refused by name', async t => {
  await assert.rejects(load(homeWith(t), { storageDriver: 'zfs' }), { message: /unknown storage driver "zfs"/ });
});
