import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { initialState } from '../../../../src/core/container.ts';
import { loadSettings } from '../../../../src/engine/configuration.ts';
import { systemInfo } from '../../../../src/engine/system/info.ts';
import { findRuntimes } from '../../../../src/engine/system/runtimes.ts';
import { serverVersion } from '../../../../src/engine/system/version.ts';

function folder(t: { after(undo: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'tsdocker-info-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('info counts containers by what their records say, and passes over a broken one', async t => {
  const home = folder(t);
  const settings = await loadSettings({
    env: {},
    uid: 1000,
    home,
    dockerConfig: home,
    flags: { storageOpts: [], insecureRegistries: ['r:1', '10.0.0.0/8'] },
  });
  const states = ['running', 'paused', 'exited', 'created', undefined] as const;
  for (const [index, status] of states.entries()) {
    const dir = join(settings.paths.root, 'containers', String(index).repeat(64));
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'config.json'), '{}');
    writeFileSync(join(dir, 'state.json'), status ? JSON.stringify({ ...initialState(), status }) : '{"trunc');
  }
  const info = await systemInfo({
    settings,
    runtimes: [{ name: 'crun', path: '/usr/bin/crun', version: '1' }],
    countImages: async () => 7,
    storageDriver: async () => ({ name: 'vfs', status: [] }),
    warnings: [],
  });
  const { Containers, ContainersRunning, ContainersPaused, ContainersStopped, Images, Driver, DefaultRuntime, DockerRootDir } =
    info as Record<string, unknown>;
  assert.deepEqual([Containers, ContainersRunning, ContainersPaused, ContainersStopped], [4, 1, 1, 2]);
  assert.deepEqual([Images, Driver, DefaultRuntime, DockerRootDir], [7, 'vfs', 'crun', settings.paths.root]);
  assert.match(JSON.stringify(info), /"InsecureRegistryCIDRs":\["127.0.0.0\/8","::1\/128","10.0.0.0\/8"\],"IndexConfigs":\{"r:1"/);
});

test('runtimes are found on PATH with their versions, the wanted one first', async t => {
  const bin = folder(t);
  for (const name of ['crun', 'runc', 'mine']) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} version 1.2.3"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const named = async (wanted?: string) => (await findRuntimes(wanted, { PATH: bin })).map(({ name }) => name);
  assert.deepEqual(await named(), ['crun', 'runc']);
  assert.deepEqual(await named('runc'), ['runc', 'crun']);
  assert.deepEqual(await named(join(bin, 'mine')), ['mine', 'crun', 'runc']);
  assert.deepEqual(await named('no-such-runtime'), ['crun', 'runc']);
  assert.equal((await findRuntimes(undefined, { PATH: bin }))[0]?.version, '1.2.3');
});

test('version names the runtime in use as a component', () => {
  const version = serverVersion({ name: 'crun', path: '/usr/bin/crun', version: '1.8' });
  assert.deepEqual(version.Components.map(({ Name, Version }) => [Name, Version])[1], ['crun', '1.8']);
  assert.equal(serverVersion(undefined).Components.length, 1);
});
