import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestbed, type Result, type Testbed } from '../support/binary.ts';
import { importBusybox } from '../support/images.ts';

let bed: Testbed;
before(async () => {
  bed = await openTestbed();
  await importBusybox(bed);
});
after(() => bed.close());

async function ok(...args: readonly string[]): Promise<Result> {
  const result = await bed.tsdocker(args);
  assert.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
  return result;
}

/** A detached container that lives until it is told to end. */
async function sleeper(name: string, ...flags: readonly string[]): Promise<string> {
  const script = 'trap "exit 3" TERM; echo started; while :; do sleep 0.1; done';
  return (await ok('run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', script)).stdout.trim();
}

const state = async (name: string, field: string): Promise<string> =>
  (await ok('inspect', '-f', `{{.State.${field}}}`, name)).stdout.trim();

test('a detached container outlives the command and shows in ps', async () => {
  const id = await sleeper('kept');
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.equal((await ok('ps', '-q', '--no-trunc', '--filter', 'name=kept')).stdout.trim(), id);
  assert.equal(await state('kept', 'Running'), 'true');
  await ok('rm', '-f', 'kept');
});

test('exec runs in a running container, with streams and exit code of its own', async () => {
  await sleeper('host');
  const { stdout, stderr, exitCode } = await bed.tsdocker(['exec', 'host', 'sh', '-c', 'echo out; echo err >&2; exit 9']);
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 9 });
  assert.equal((await bed.tsdocker(['exec', '-i', 'host', 'cat'], { input: 'through' })).stdout, 'through');
  assert.equal((await bed.tsdocker(['exec', 'host', 'no-such-command'])).exitCode, 127);
  await ok('rm', '-f', 'host');
});

test('stop sends SIGTERM and lets the container end by itself', async () => {
  await sleeper('polite');
  await ok('stop', '-t', '20', 'polite');
  assert.equal(await state('polite', 'ExitCode'), '3');
  await ok('rm', 'polite');
});

test('stop kills what does not listen, after the time given', async () => {
  await ok('run', '-d', '--name', 'deaf', '--network', 'none', 'busybox', 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done');
  await ok('stop', '-t', '1', 'deaf');
  assert.equal(await state('deaf', 'ExitCode'), '137');
  await ok('rm', 'deaf');
});

test('logs has both streams, each where it belongs, also after the end', async () => {
  await bed.tsdocker(['run', '--name', 'talker', '--network', 'none', 'busybox', 'sh', '-c', 'echo one; echo two >&2']);
  const { stdout, stderr } = await ok('logs', 'talker');
  assert.deepEqual({ stdout, stderr }, { stdout: 'one\n', stderr: 'two\n' });
  await ok('rm', 'talker');
});

test('logs -f ends with the container', async () => {
  await ok('run', '-d', '--name', 'counter', '--network', 'none', 'busybox', 'sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.2; done');
  assert.equal((await ok('logs', '-f', 'counter')).stdout, '1\n2\n3\n');
  await ok('rm', 'counter');
});

test('wait answers the exit code', async () => {
  await ok('run', '-d', '--name', 'brief', '--network', 'none', 'busybox', 'sh', '-c', 'sleep 0.3; exit 5');
  assert.equal((await ok('wait', 'brief')).stdout, '5\n');
  await ok('rm', 'brief');
});

test('a stopped container starts again with what was written in it', async () => {
  await ok('create', '--name', 'again', '--network', 'none', 'busybox', 'sh', '-c', 'cat /mark 2>/dev/null; echo mark > /mark');
  assert.equal((await ok('start', '-a', 'again')).stdout, '');
  assert.equal((await ok('start', '-a', 'again')).stdout, 'mark\n');
  await ok('rm', 'again');
});

test('a renamed container answers to the new name only', async () => {
  await sleeper('before');
  await ok('rename', 'before', 'later');
  assert.equal((await bed.tsdocker(['inspect', 'before'])).exitCode, 1);
  await ok('rm', '-f', 'later');
});

test('a name in use is refused, and free again after rm', async () => {
  await ok('create', '--name', 'taken', 'busybox', 'true');
  const second = await bed.tsdocker(['create', '--name', 'taken', 'busybox', 'true']);
  assert.equal(second.exitCode, 125);
  assert.match(second.stderr, /already in use/);
  await ok('rm', 'taken');
  await ok('create', '--name', 'taken', 'busybox', 'true');
  await ok('rm', 'taken');
});

test('a running container is only removed by force', async () => {
  await sleeper('busy');
  assert.notEqual((await bed.tsdocker(['rm', 'busy'])).exitCode, 0);
  await ok('rm', '-f', 'busy');
  assert.equal((await ok('ps', '-aq')).stdout, '');
});
