import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { identify } from '../../../src/linux/process-identity.ts';
import { spawnInUserNamespace } from '../../../src/rootless/index.ts';
import { killProcess, removeTrees, runUnpack, runWorker, treeSize } from '../../../src/worker/index.ts';
import { rawTar } from '../../support/tar.ts';
import { openWorkerHome } from '../../support/worker-home.ts';

const home = openWorkerHome();
after(() => home.remove());

test('folders of other owners, closed ones, deep ones and names of any bytes are removed', async () => {
  const folders = ['one', 'two'].map(name => join(home.home, name));
  for (const folder of folders) {
    mkdirSync(folder);
    const entries = [
      { name: 'closed', flag: '5', mode: 0, uid: 1000 },
      { name: 'closed/\xff\n', content: 'x', mode: 0, uid: 1001 },
      { name: '-rf', content: 'x' },
    ];
    await runUnpack(home.deps, Readable.from([rawTar(entries)]), folder);
    await home.inNamespace(['sh', '-c', 'cd "$1"; for i in $(seq 30); do n=$(printf %0200d 0); mkdir $n; cd -P ./$n; done', 'sh', folder]);
  }
  await removeTrees(home.deps, [...folders, join(home.home, 'never-was')]);
  for (const folder of folders) assert.equal(existsSync(folder), false);
});

test('removing does not follow links out', async () => {
  const kept = join(home.home, 'kept');
  writeFileSync(kept, 'x');
  const folder = join(home.home, 'with-link');
  mkdirSync(folder);
  symlinkSync('..', join(folder, 'up'));
  symlinkSync(kept, join(folder, 'kept'));
  await removeTrees(home.deps, [folder]);
  assert.equal(existsSync(folder), false);
  assert.ok(existsSync(kept));
});

test('the size of a tree counts each file once, links by themselves, and folders as nothing', async () => {
  const folder = mkdtempSync(join(home.home, 'tree-'));
  await runUnpack(
    home.deps,
    Readable.from([
      rawTar([
        { name: 'd/f', content: 'x'.repeat(1000), mode: 0, uid: 1000 },
        { name: 'd', flag: '5', mode: 0, uid: 1000 },
      ]),
    ]),
    folder,
  );
  writeFileSync(join(folder, 'a'), 'x'.repeat(100));
  linkSync(join(folder, 'a'), join(folder, 'b'));
  symlinkSync('1234567', join(folder, 'l'));
  assert.equal(await treeSize(home.deps, folder), 1107);
  assert.equal(await treeSize(home.deps, join(folder, 'none')), 0);
});

test('a process of a subordinate id is killed, a later one with its number is not', async () => {
  const { child, control } = await spawnInUserNamespace(home.deps.paths.run, home.deps.maps, {
    argv: ['setpriv', '--reuid', '1000', '--regid', '1000', '--clear-groups', 'sh', '-c', 'echo up; exec sleep 1000'],
    stdio: ['ignore', 'pipe', 'ignore'],
    env: home.deps.env,
    cgroupNamespace: false,
  });
  if (child.stdout) await once(child.stdout, 'data');
  const process = identify(child.pid ?? 0);
  assert.ok(process);
  await killProcess(home.deps, { ...process, startTime: process.startTime - 1 });
  assert.ok(identify(process.pid));
  const exit = once(child, 'exit');
  await killProcess(home.deps, process);
  assert.deepEqual(await exit, [null, 'SIGKILL']);
  control.destroy();
  await killProcess(home.deps, process);
});

test('a user without subordinate ids gets every file as their own', async () => {
  const mine = mkdtempSync(join(home.home, 'single-'));
  const { uids, gids } = home.deps.maps;
  const paths = { ...home.deps.paths, run: join(home.home, 'single-run') };
  const deps = { ...home.deps, paths, maps: { uids: uids.slice(0, 1), gids: gids.slice(0, 1), singleId: true } };
  const tar = rawTar([
    { name: 'f', content: 'x', uid: 70_000, gid: 42, mode: 0o640 },
    { name: '.wh.gone' },
    { name: 'd', flag: '5', uid: 33 },
  ]);
  await runUnpack(deps, Readable.from([tar]), mine);
  const { uid, mode } = lstatSync(join(mine, 'f'));
  assert.deepEqual([uid, mode & 0o777], [process.getuid?.(), 0o640]);
  assert.ok(lstatSync(join(mine, 'gone')).isCharacterDevice());
});

test('a worker without a job says that it has none', async () => {
  assert.equal(await runWorker([]), 2);
});
