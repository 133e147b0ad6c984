import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { type ContainerBed, deaf, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

const run = (...args: readonly string[]) => bed.tsdocker(['run', '--rm', '--network', 'none', ...args]);

test('a container prints on standard output and standard error, apart', async () => {
  const { stdout, stderr, exitCode } = await run('busybox', 'sh', '-c', 'echo out; echo err >&2');
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 0 });
});

const exitCodes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['the command’s own', ['busybox', 'sh', '-c', 'exit 42'], 42, /^$/],
  ['that of a command which a signal ended', ['busybox', 'sh', '-c', 'kill -9 $$'], 0, /^$/],
  [
    '127 when there is no such command',
    ['busybox', 'no-such-command'],
    127,
    /exec: "no-such-command": executable file not found in \$PATH/,
  ],
  ['127 when there is no such path', ['busybox', '/no/such'], 127, /exec: "\/no\/such": stat \/no\/such: no such file or directory/],
  ['126 when the command can’t be run', ['busybox', '/etc/passwd'], 126, /exec: "\/etc\/passwd": permission denied/],
  ['126 when the command is a folder', ['busybox', '/etc'], 126, /exec: "\/etc": (is a directory|permission denied)/],
  ['125 when there is no such image', ['--pull', 'never', 'no-such-image', 'true'], 125, /No such image: no-such-image:latest/],
  ['125 for an unknown flag', ['--no-such-flag', 'busybox', 'true'], 125, /unknown flag: --no-such-flag/],
];
for (const [what, args, expected, stderr] of exitCodes) {
  test(`run’s exit code is ${what}`, async () => {
    const result = await run(...args);
    assert.equal(result.exitCode, expected, result.stderr);
    assert.match(result.stderr, stderr);
    assert.equal(result.stdout, '');
  });
}

for (const [signal, exitCode] of [
  ['KILL', 137],
  ['INT', 130],
  ['USR1', 138],
] as const) {
  test(`run’s exit code is ${exitCode} when SIG${signal} ends the container`, async () => {
    const script = 'trap - INT USR1; echo ready; exec sleep 60';
    const running = bed.start([
      'run',
      '--rm',
      '--name',
      'killed',
      '--init=false',
      '--pid',
      'host',
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      script,
    ]);
    await once(running.stdout, 'data');
    await bed.ok(['kill', '-s', signal, 'killed']);
    assert.equal((await running).exitCode, exitCode);
  });
}

test('64 MiB of standard input arrive whole, and go out whole', async () => {
  const input = randomBytes(48 * 1024 * 1024).toString('base64');
  const { stdout, stderr } = await bed.ok(['run', '--rm', '-i', '--network', 'none', 'busybox', 'cat'], { input });
  assert.equal(stdout.length, input.length);
  assert.ok(stdout === input, 'what came back differs from what was sent');
  assert.equal(stderr, '');
});

test('a command that ends before its input does is no failure', async () => {
  const input = 'x'.repeat(4 * 1024 * 1024);
  const { stdout } = await bed.ok(['run', '--rm', '-i', '--network', 'none', 'busybox', 'head', '-c', '3'], { input });
  assert.equal(stdout, 'xxx');
});

test('without -i a container gets no standard input', async () => {
  const { stdout } = await bed.tsdocker(['run', '--rm', '--network', 'none', 'busybox', 'wc', '-c'], { input: 'not for you' });
  assert.equal(stdout.trim(), '0');
});

for (const [flags, expected] of [
  [['-a', 'stdout'], { stdout: 'out\n', stderr: '' }],
  [['-a', 'stderr'], { stdout: '', stderr: 'err\n' }],
  [['-a', 'stdout', '-a', 'stderr'], { stdout: 'out\n', stderr: 'err\n' }],
] as const) {
  test(`${flags.join(' ')} shows those streams only`, async () => {
    const { stdout, stderr } = await run(...flags, 'busybox', 'sh', '-c', 'echo out; echo err >&2');
    assert.deepEqual({ stdout, stderr }, expected);
  });
}

test('root in a container is nobody special outside, and 65,537 users exist inside', async () => {
  const script =
    'touch /file && chown 65535:65535 /file && stat -c %u:%g /file; awk "{ sum += \\$3 } END { print sum }" /proc/self/uid_map';
  assert.equal((await run('busybox', 'sh', '-c', script)).stdout, '65535:65535\n65537\n');
});

test('SIGTERM to the command reaches the container', async () => {
  const script = 'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
  const running = bed.start(['run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', script]);
  await once(running.stdout, 'data');
  running.kill('SIGTERM');
  const { stdout, exitCode } = await running;
  assert.match(stdout, /caught/);
  assert.equal(exitCode, 7);
});

test('with --sig-proxy=false the command ends, and the container does not', async () => {
  const running = bed.start(['run', '--sig-proxy=false', '--name', 'unproxied', '--network', 'none', 'busybox', 'sh', '-c', patient]);
  await once(running.stdout, 'data');
  running.kill('SIGTERM');
  await running;
  assert.equal(await bed.field('unproxied', '{{.State.Running}}'), 'true');
  await bed.ok(['rm', '-f', 'unproxied']);
});

test('a container goes on when the command that started it is killed', async () => {
  const running = bed.start(['run', '--name', 'orphan', '--network', 'none', 'busybox', 'sh', '-c', deaf]);
  await once(running.stdout, 'data');
  running.kill('SIGKILL');
  await running;
  assert.equal(await bed.field('orphan', '{{.State.Running}}'), 'true');
  await bed.ok(['rm', '-f', 'orphan']);
});

test('-d prints the id and comes back at once', async () => {
  const id = await bed.says('run', '-d', '--rm', '--network', 'none', 'busybox', 'sleep', '60');
  assert.match(id, /^[0-9a-f]{64}$/);
  await bed.ok(['kill', id]);
});

test('--rm leaves nothing behind, also when the container could not be started', async () => {
  await run('--name', 'gone', 'busybox', 'true');
  await run('--name', 'never', 'busybox', 'no-such-command');
  assert.equal(await bed.says('ps', '-aq'), '');
});

test('without --rm a container that could not be started is there to look at', async () => {
  await bed.tsdocker(['run', '--name', 'look', '--network', 'none', 'busybox', 'no-such-command']);
  assert.equal(await bed.field('look', '{{.State.Status}} {{.State.ExitCode}}'), 'created 127');
  assert.match(await bed.field('look', '{{.State.Error}}'), /executable file not found/);
  await bed.ok(['rm', 'look']);
});

test('--init has a process 1 that collects orphans', async t => {
  if ((await bed.run(['sh', '-c', 'command -v docker-init || command -v tini || command -v catatonit'])).exitCode !== 0) {
    await bed.refuses(['run', '--rm', '--init', 'busybox', 'true'], 125, /docker-init/);
    return t.skip('no init program is installed here: only the refusal was tested');
  }
  const script = 'test $$ -ne 1; (sh -c "sleep 0.05 & echo" & ) ; sleep 0.3; ps -o stat | grep -c Z';
  assert.equal((await run('--init', 'busybox', 'sh', '-c', script)).stdout.trim(), '0');
});
