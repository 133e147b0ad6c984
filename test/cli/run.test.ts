import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { openTestbed, type Testbed } from '../support/binary.ts';
import { importBusybox } from '../support/images.ts';

let bed: Testbed;
before(async () => {
  bed = await openTestbed();
  await importBusybox(bed);
});
after(() => bed.close());

const run = (...args: readonly string[]) => bed.tsdocker(['run', '--rm', '--network', 'none', ...args]);

test('a container prints on standard output and standard error, apart', async () => {
  const { stdout, stderr, exitCode } = await run('busybox', 'sh', '-c', 'echo out; echo err >&2');
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 0 });
});

const exitCodes: readonly (readonly [string, readonly string[], number])[] = [
  ['the command’s own', ['busybox', 'sh', '-c', 'exit 42'], 42],
  ['127 when there is no such command', ['busybox', 'no-such-command'], 127],
  ['126 when the command can’t be run', ['busybox', '/etc/passwd'], 126],
  ['125 when there is no such image', ['--pull', 'never', 'no-such-image', 'true'], 125],
  ['125 for an unknown flag', ['--no-such-flag', 'busybox', 'true'], 125],
];
for (const [what, args, expected] of exitCodes) {
  test(`run’s exit code is ${what}`, async () => {
    const { exitCode, stderr } = await run(...args);
    assert.equal(exitCode, expected, stderr);
    if (expected >= 125 && expected < 128) assert.notEqual(stderr, '');
  });
}

test('run’s exit code is 128 and the signal’s number when a signal ends the container', async () => {
  const running = bed.start(['run', '--rm', '--name', 'killed', '--network', 'none', 'busybox', 'sh', '-c', 'echo ready; sleep 60']);
  await once(running.stdout, 'data');
  await bed.tsdocker(['kill', 'killed']);
  assert.equal((await running).exitCode, 137);
});

test('the words after the image belong to the command, flags among them', async () => {
  const { stdout } = await run('busybox', 'echo', '--rm', '-it', '--name', 'x');
  assert.equal(stdout, '--rm -it --name x\n');
});

test('standard input of many megabytes arrives whole', async () => {
  const input = randomBytes(8 * 1024 * 1024);
  const { stdout } = await bed.tsdocker(['run', '--rm', '-i', '--network', 'none', 'busybox', 'sha256sum'], { input });
  assert.equal(stdout.slice(0, 64), createHash('sha256').update(input).digest('hex'));
});

test('without -i a container gets no standard input', async () => {
  const { stdout } = await bed.tsdocker(['run', '--rm', '--network', 'none', 'busybox', 'wc', '-c'], { input: 'not for you' });
  assert.equal(stdout.trim(), '0');
});

const flags: readonly (readonly [string, readonly string[], string, string])[] = [
  ['-e sets a variable', ['-e', 'GREETING=hello you'], 'echo $GREETING', 'hello you'],
  ['-w is the folder it starts in, made where it is missing', ['-w', '/some/where'], 'pwd', '/some/where'],
  ['-u takes a name', ['-u', 'app'], 'id -u; id -g; id -G', '1000\n1000\n1000 2000'],
  ['-u takes numbers', ['-u', '12:34'], 'id -u; id -g', '12\n34'],
  ['--hostname names the host', ['--hostname', 'somehost'], 'hostname', 'somehost'],
  ['--read-only keeps the root file system as it is', ['--read-only'], 'touch /x 2>/dev/null || echo refused', 'refused'],
  ['--tmpfs gives a folder in memory', ['--tmpfs', '/scratch:size=1m'], 'grep -c " /scratch tmpfs" /proc/mounts', '1'],
  ['--cap-drop takes a capability', ['--cap-drop', 'ALL'], 'grep CapEff /proc/self/status | tr -d "\\t "', 'CapEff:0000000000000000'],
  ['--init has a process 1 that collects orphans', ['--init'], 'test $$ -ne 1 && echo yes', 'yes'],
];
for (const [what, given, script, expected] of flags) {
  test(what, async () => {
    const { stdout, stderr } = await run(...given, 'busybox', 'sh', '-c', script);
    assert.equal(stdout.trimEnd(), expected, stderr);
  });
}

test('--entrypoint replaces the command’s first word', async () => {
  const { stdout } = await run('--entrypoint', 'echo', 'busybox', 'one', 'two');
  assert.equal(stdout, 'one two\n');
});

test('root in a container is nobody special outside, and 65,536 users exist inside', async () => {
  const { stdout } = await run(
    'busybox',
    'sh',
    '-c',
    'touch /file && chown 65535:65535 /file && stat -c %u:%g /file; cat /proc/self/uid_map',
  );
  const [owner, map = ''] = stdout.split('\n');
  assert.equal(owner, '65535:65535');
  assert.match(map, /^\s+0\s+\d+\s+\d+$/);
});

test('SIGTERM to the command reaches the container', async () => {
  const running = bed.start([
    'run',
    '--rm',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.1; done',
  ]);
  await once(running.stdout, 'data');
  running.kill('SIGTERM');
  const { stdout, exitCode } = await running;
  assert.match(stdout, /caught/);
  assert.equal(exitCode, 7);
});

test('--rm leaves nothing behind', async () => {
  await run('--name', 'gone', 'busybox', 'true');
  const { stdout } = await bed.tsdocker(['ps', '-aq', '--filter', 'name=gone']);
  assert.equal(stdout, '');
});
