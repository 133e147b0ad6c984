import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { openTestbed, type Testbed } from '../support/binary.ts';
import { dataRoot, folderOf, inspected, nothingLeft, ok } from '../support/faults.ts';
import { importBusybox } from '../support/images.ts';

const needsRoot = { skip: process.getuid?.() === 0 ? false : 'only root can make a small disk' };

/** A testbed whose store is a disk of 20 MB. */
async function onSmallDisk(use: (bed: Testbed, disk: string) => Promise<void>): Promise<void> {
  const bed = await openTestbed();
  const disk = join(bed.home, '.local/share');
  await bed.run(['mkdir', '-p', disk]);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=20m,uid=${bed.uid},mode=700`, 'none', disk]);
  try {
    await importBusybox(bed);
    await use(bed, disk);
  } finally {
    rmSync(join(disk, 'filler'), { force: true });
    await execa('mount', ['-o', 'remount,rw', disk], { reject: false });
    for (const id of (await bed.tsdocker(['ps', '-aq'])).stdout.split('\n').filter(Boolean)) await bed.tsdocker(['rm', '-f', id]);
    await execa('umount', ['--lazy', disk]);
    await bed.close();
  }
}

function fill(disk: string): void {
  try {
    writeFileSync(join(disk, 'filler'), Buffer.alloc(32 * 1024 * 1024));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  }
}

test('a full disk: create and run say so and leave nothing, what runs goes on, its log marks the gap', needsRoot, async () => {
  await onSmallDisk(async (bed, disk) => {
    await ok(bed, 'create', '--name', 'waiting', '--network', 'none', 'busybox', 'true');
    const loop = 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.05; done';
    await ok(bed, 'run', '-d', '--name', 'writer', '--network', 'none', 'busybox', 'sh', '-c', loop);
    await ok(bed, 'create', '--name', 'unstarted', '--network', 'none', 'busybox', 'true');
    fill(disk);
    const before = readdirSync(join(dataRoot(bed), 'containers')).length;
    for (const verb of [['create'], ['run'], ['run', '-d']]) {
      const { stderr, exitCode } = await bed.tsdocker([...verb, '--network', 'none', 'busybox', 'true']);
      assert.match(stderr, /no space left on device/);
      assert.doesNotMatch(stderr, /bug/);
      assert.notEqual(exitCode, 0);
    }
    assert.match((await bed.tsdocker(['start', 'waiting'])).stderr, /no space left on device/);
    assert.equal(readdirSync(join(dataRoot(bed), 'containers')).length, before);
    await delay(1500);
    assert.equal(await inspected(bed, 'writer', '{{.State.Status}}'), 'running');
    await ok(bed, 'rm', '-f', 'unstarted');
    rmSync(join(disk, 'filler'));
    const folder = await folderOf(bed, 'writer');
    while (!/lines are missing here/.test(readFileSync(join(folder, 'log/container.log'), 'utf8'))) await delay(100);
    await ok(bed, 'start', 'waiting');
    await ok(bed, 'stop', '-t', '0', 'writer');
    for (const name of readdirSync(join(dataRoot(bed), 'containers')))
      for (const file of ['config.json', 'state.json']) JSON.parse(readFileSync(join(dataRoot(bed), 'containers', name, file), 'utf8'));
    await ok(bed, 'rm', 'waiting', 'writer');
    await nothingLeft(bed);
  });
});

test('a read-only store: what is there is shown, and what would change it is refused in one sentence', needsRoot, async () => {
  await onSmallDisk(async (bed, disk) => {
    await ok(bed, 'create', '--name', 'kept', '--network', 'none', 'busybox', 'true');
    mkdirSync(join(disk, 'unused'));
    await execa('mount', ['-o', 'remount,ro', disk]);
    assert.equal((await ok(bed, 'ps', '-a', '--format', '{{.Names}} {{.State}}')).stdout, 'kept created\n');
    await ok(bed, 'inspect', 'kept');
    await ok(bed, 'images');
    for (const args of [
      ['create', 'busybox', 'true'],
      ['run', 'busybox', 'true'],
      ['start', 'kept'],
      ['rm', 'kept'],
      ['rename', 'kept', 'other'],
    ]) {
      const { stderr, exitCode } = await bed.tsdocker(args);
      assert.match(stderr, /read-only file system/i, args.join(' '));
      assert.doesNotMatch(stderr, /bug/, args.join(' '));
      assert.notEqual(exitCode, 0);
    }
  });
});
