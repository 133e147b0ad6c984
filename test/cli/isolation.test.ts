import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
  await bed.background('box', patient);
});
after(() => bed.close());

const inside = async (script: string): Promise<string> => (await bed.tsdocker(['exec', 'box', 'sh', '-c', script])).stdout.trimEnd();

test('process 1 has docker’s capabilities, a seccomp filter, and may gain privileges as in docker', async () => {
  const status = await inside('grep -E "^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):" /proc/1/status | tr -d "\\t"');
  const set = '00000000a80425fb';
  assert.equal(
    status,
    `CapInh:0000000000000000\nCapPrm:${set}\nCapEff:${set}\nCapBnd:${set}\nCapAmb:0000000000000000\nNoNewPrivs:0\nSeccomp:2`,
  );
});

const denied: readonly (readonly [what: string, script: string])[] = [
  ['mount', 'mount -t tmpfs none /tmp'],
  ['unshare a user namespace', 'unshare -U true'],
  ['set the host’s clock', '! date -s @0 2>&1 | grep -q "not permitted"'],
  ['load a module', 'insmod /bin/busybox'],
  ['write to /proc/sys', 'echo 1 > /proc/sys/kernel/panic'],
  ['ask for a system request', 'echo b > /proc/sysrq-trigger'],
  ['write to its cgroup', 'mkdir /sys/fs/cgroup/own'],
  ['make a device', 'mknod /sda b 8 0'],
  ['change the root’s propagation', 'mount --make-shared /'],
  ['remount /proc/sys for writing', 'mount -o remount,rw /proc/sys'],
  ['leave through its root', 'chroot /proc/1/root/../.. ls /work'],
];
for (const [what, script] of denied) {
  test(`root in a container can’t ${what}`, async () => {
    assert.equal(await inside(`(${script}) > /dev/null 2>&1 && echo could || echo denied`), 'denied');
  });
}

const masked = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/proc/interrupts'];
const emptied = ['/proc/acpi', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap'];
test('what docker masks in /proc and /sys is empty', async () => {
  const files = masked.filter(path => existsSync(path));
  const folders = emptied.filter(path => existsSync(path));
  assert.equal(await inside(`cat ${files.join(' ')} | wc -c`), '0');
  assert.equal(await inside(`for folder in ${folders.join(' ')}; do ls -A $folder; done`), '');
});

test('what docker mounts read-only is', async () => {
  for (const path of ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'].filter(path => existsSync(path))) {
    assert.match(await inside(`grep " ${path} " /proc/self/mountinfo | tail -1`), new RegExp(` ${path} ro[, ]`), path);
  }
});

test('no descriptor is inherited but the three streams', async () => {
  assert.equal(await bed.says('run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', 'ls /proc/self/fd | tr "\\n" " "'), '0 1 2 3');
  assert.equal(await inside('ls /proc/self/fd | tr "\\n" " "'), '0 1 2 3 '.trimEnd());
});

test('the container sees its own processes only', async () => {
  assert.equal(await inside('ls /proc | grep -c "^[0-9]" | { read n; test $n -lt 10 && echo few; }'), 'few');
});

test('the container’s mounts say nothing of the host but where the root lies', async () => {
  const targets = await inside('cut -d " " -f 5 /proc/self/mountinfo');
  for (const host of ['/work', '/tmp', '/home']) assert.ok(!targets.split('\n').includes(host), host);
});

test('the cgroup that it sees is its root', async () => {
  assert.match(await inside('cat /proc/self/cgroup | grep "^0:"'), /^0::\/$/);
});

test('it has a user namespace of its own, in which the host’s users are not', async () => {
  const pid = await bed.field('box', '{{.State.Pid}}');
  const map = readFileSync(`/proc/${pid}/uid_map`, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number));
  assert.deepEqual(
    map.map(([first]) => first),
    [0, 1],
  );
  for (const [, outside] of map) assert.notEqual(outside, 0);
  assert.notEqual(await inside('readlink /proc/self/ns/user'), (await bed.run(['readlink', '/proc/self/ns/user'])).stdout.trim());
});

test('devices are docker’s few', async () => {
  assert.equal(await inside('ls /dev | tr "\\n" " "'), 'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero');
});

test('two containers do not see each other', async () => {
  await bed.background('neighbour', patient);
  for (const name of ['pid', 'net', 'ipc', 'uts', 'mnt', 'user']) {
    assert.notEqual(
      await bed.says('exec', 'neighbour', 'readlink', `/proc/self/ns/${name}`),
      await inside(`readlink /proc/self/ns/${name}`),
      name,
    );
  }
  await bed.ok(['rm', '-f', 'neighbour']);
});

test('the environment of the caller does not leak in', async () => {
  const { stdout } = await bed.ok(['run', '--rm', '--network', 'none', 'busybox', 'env'], { env: { SECRET: 'x' } });
  assert.doesNotMatch(stdout, /SECRET|XDG_|tsdocker/);
});

test('nobody but the user gets at state and sockets', async () => {
  const { stdout } = await bed.run([
    'sh',
    '-c',
    'stat -c "%a %n" "$HOME/.local/share/tsdocker" "$XDG_RUNTIME_DIR/tsdocker" && find "$HOME" "$XDG_RUNTIME_DIR" -name state.json -o -type s | xargs stat -c "%a %n"',
  ]);
  const modes = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.slice(0, 3));
  assert.deepEqual(modes.slice(0, 2), ['700', '700']);
  assert.deepEqual([...new Set(modes.slice(2))], ['600'], stdout);
});
