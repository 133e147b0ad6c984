import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { openTestbed, type Testbed } from '../support/binary.ts';
import { dataRoot, folderOf, inspected, monitorPid, nothingLeft, ok, recovers, signal } from '../support/faults.ts';
import { importBusybox } from '../support/images.ts';

let bed: Testbed;
before(async () => {
  bed = await openTestbed();
  await importBusybox(bed);
});
afterEach(() => bed.tsdocker(['rm', '-f', 'victim', 'other']));
after(() => bed.close());

async function sleeper(name: string, ...flags: readonly string[]): Promise<void> {
  await ok(bed, 'run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', 'echo up; sleep 1000');
}

function edit(path: string, change: (record: Record<string, unknown>) => unknown): void {
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
}

const damages: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  ['empty', path => truncateSync(path, 0), /is damaged: it is empty/],
  ['cut in half', path => truncateSync(path, 40), /is damaged: it is not JSON/],
  ['garbage', path => writeFileSync(path, '\u001b[31m\0\u00ff{'), /is damaged: it is not JSON/],
  ['of another shape', path => writeFileSync(path, '{"version":1,"id":7}'), /is damaged/],
  ['of a newer version', path => edit(path, record => ({ ...record, version: 9, status: { a: 1 } })), /newer tsdocker \(record version 9/],
];
for (const [what, damage, message] of damages) {
  test(`a record that is ${what} is named, hides no other container, and rm -f removes its container`, async () => {
    await ok(bed, 'create', '--name', 'other', 'busybox', 'true');
    for (const file of ['config.json', 'state.json']) {
      await ok(bed, 'create', '--name', 'victim', 'busybox', 'true');
      const path = join(await folderOf(bed, 'victim'), file);
      damage(path);
      const list = await ok(bed, 'ps', '-a', '--format', '{{.Names}}');
      assert.equal(list.stdout, 'other\n');
      assert.match(list.stderr, message);
      assert.ok(list.stderr.includes(path), list.stderr);
      await ok(bed, 'rm', '-f', 'victim');
    }
  });
}

test('rm -f of a running container whose state is damaged ends it, with its monitor and without', async () => {
  for (const monitorDies of [false, true]) {
    await sleeper('victim');
    const folder = await folderOf(bed, 'victim');
    if (monitorDies) signal(await monitorPid(bed, 'victim'), 'SIGKILL');
    truncateSync(join(folder, 'state.json'), 0);
    await ok(bed, 'rm', '-f', 'victim');
    await recovers(bed, 'victim');
  }
});

test('a damaged list of images is named, and containers go on', async () => {
  await sleeper('victim');
  const path = join(dataRoot(bed), 'images.json');
  const whole = readFileSync(path);
  try {
    truncateSync(path, 10);
    const { exitCode, stderr } = await bed.tsdocker(['images']);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /images\.json is damaged/);
    await ok(bed, 'exec', 'victim', 'true');
    await ok(bed, 'stop', '-t', '0', 'victim');
  } finally {
    writeFileSync(path, whole);
  }
  await recovers(bed, 'victim');
});

test('a wiped runtime folder, as a log-out leaves it, keeps running containers within reach', async () => {
  await sleeper('victim');
  rmSync(join(bed.home, 'run/tsdocker'), { recursive: true });
  assert.equal(await inspected(bed, 'victim', '{{.State.Status}}'), 'running');
  assert.equal((await ok(bed, 'exec', 'victim', 'echo', 'here')).stdout, 'here\n');
  await ok(bed, 'run', '--rm', '--network', 'none', 'busybox', 'true');
  rmSync(join(bed.home, 'run/tsdocker'), { recursive: true });
  await ok(bed, 'stop', '-t', '0', 'victim');
  assert.equal(await inspected(bed, 'victim', '{{.State.ExitCode}}'), '137');
  await recovers(bed, 'victim');
});

for (const runtimeFolder of ['wiped', 'kept']) {
  test(`after a reboot, runtime folder ${runtimeFolder}, containers are exited with 255, and those with --rm are gone`, async () => {
    await sleeper('victim');
    await sleeper('other', '--rm');
    for (const name of ['victim', 'other']) {
      const folder = await folderOf(bed, name);
      signal(await monitorPid(bed, name), 'SIGKILL');
      signal(Number(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')).process.pid), 'SIGKILL');
      const bootId = '00000000-0000-0000-0000-000000000000';
      edit(join(folder, 'state.json'), state => ({
        ...state,
        process: { ...Object(state.process), pid: process.pid, bootId },
        monitor: { ...Object(state.monitor), pid: process.pid, bootId },
      }));
    }
    await nothingLeft(bed);
    if (runtimeFolder === 'wiped') rmSync(join(bed.home, 'run/tsdocker'), { recursive: true });
    assert.equal((await ok(bed, 'ps', '-a', '--format', '{{.Names}} {{.State}}')).stdout, 'victim exited\n');
    assert.equal(
      await inspected(bed, 'victim', '{{.State.ExitCode}} {{.State.Error}}'),
      '255 the machine was restarted while the container ran',
    );
    await ok(bed, 'start', 'victim');
    await recovers(bed, 'victim');
  });
}

test('a pid that now belongs to another process is never taken for the container’s', async () => {
  await sleeper('victim');
  const folder = await folderOf(bed, 'victim');
  const init = Number(await inspected(bed, 'victim', '{{.State.Pid}}'));
  signal(await monitorPid(bed, 'victim'), 'SIGKILL');
  signal(init, 'SIGKILL');
  const bystander = bed.start(['logs', '-f', 'victim']);
  edit(join(folder, 'state.json'), state => ({ ...state, process: { ...Object(state.process), pid: bystander.pid } }));
  await nothingLeft({ ...bed, home: join(folder, 'storage') });
  assert.equal(await inspected(bed, 'victim', '{{.State.ExitCode}}'), '255');
  bystander.kill('SIGKILL');
  await bystander;
  await recovers(bed, 'victim');
});

test('what a killed creation and a killed removal left is invisible, and goes with the next removal', async () => {
  await ok(bed, 'create', '--name', 'victim', 'busybox', 'true');
  const containers = join(dataRoot(bed), 'containers');
  for (const leftover of ['.new-', '.gone-']) mkdirSync(join(containers, leftover + 'ab'.repeat(32)), { recursive: true });
  symlinkSync('cd'.repeat(32), join(dataRoot(bed), 'names/half'));
  assert.equal((await ok(bed, 'ps', '-a', '--format', '{{.Names}}')).stdout, 'victim\n');
  assert.match((await bed.tsdocker(['inspect', 'half'])).stderr, /No such object/);
  await ok(bed, 'create', '--name', 'half', 'busybox', 'true');
  await ok(bed, 'rm', 'half');
  assert.deepEqual(readdirSync(containers), [basename(await folderOf(bed, 'victim'))]);
});

test('a lock file that is deleted under a running container does no harm', async () => {
  await sleeper('victim');
  const folder = await folderOf(bed, 'victim');
  rmSync(join(folder, 'lock'));
  rmSync(join(dataRoot(bed), 'names.lock'));
  await ok(bed, 'start', 'victim');
  await ok(bed, 'rename', 'victim', 'other');
  await ok(bed, 'rm', '-f', 'other');
  assert.ok(!existsSync(folder));
  await recovers(bed, 'victim');
});
