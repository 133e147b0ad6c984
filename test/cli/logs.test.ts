import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

const remove = (...names: readonly string[]) => bed.ok(['rm', '-f', ...names]);
const finished = (name: string, script: string, ...flags: readonly string[]) =>
  bed.tsdocker(['run', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', script]);

test('logs has both streams, each where it belongs, also after the end', async () => {
  await finished('talker', 'echo one; echo two >&2');
  const { stdout, stderr } = await bed.ok(['logs', 'talker']);
  assert.deepEqual({ stdout, stderr }, { stdout: 'one\n', stderr: 'two\n' });
  await remove('talker');
});

test('logs gives back every byte, an unfinished last line too', async () => {
  await finished('bytes', 'printf "tab\\there\\r\\nnul\\000after\\nno end"; head -c 40000 /dev/zero | tr "\\0" x');
  const { stdout } = await bed.ok(['logs', 'bytes']);
  assert.equal(stdout, `tab\there\r\nnul\0after\nno end${'x'.repeat(40_000)}`);
  await remove('bytes');
});

test('logs selects by time and by number of lines', async () => {
  await finished('timed', 'for i in 1 2 3 4; do echo $i; sleep 0.2; done');
  const stamped = (await bed.says('logs', '-t', 'timed')).split('\n');
  for (const line of stamped) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \d$/);
  const third = stamped[2]?.split(' ')[0] ?? '';
  const says = (...flags: readonly string[]) => bed.says('logs', ...flags, 'timed');
  assert.equal(await says('--since', third), '3\n4');
  assert.match(await says('--until', third), /^1\n2(\n3)?$/);
  assert.equal(await says('--since', '1h'), '1\n2\n3\n4');
  assert.equal(await says('--until', '1h'), '');
  assert.equal(await says('--tail', '2'), '3\n4');
  assert.equal(await says('-n', '0'), '');
  assert.equal(await says('--tail', 'all'), '1\n2\n3\n4');
  await remove('timed');
});

test('logs --details shows the labels and variables that the log was told to keep', async () => {
  await finished('detailed', 'echo said', '-l', 'tier=back', '-e', 'ZONE=a b', '--log-opt', 'labels=tier', '--log-opt', 'env=ZONE');
  assert.equal(await bed.says('logs', '--details', 'detailed'), 'ZONE=a%20b,tier=back said');
  await remove('detailed');
});

test('logs -f ends with the container', async () => {
  await bed.ok([
    'run',
    '-d',
    '--name',
    'counter',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'for i in 1 2 3; do echo $i; sleep 0.2; done',
  ]);
  assert.equal((await bed.ok(['logs', '-f', 'counter'])).stdout, '1\n2\n3\n');
  await remove('counter');
});

test('logs -f goes on across a restart', async () => {
  await bed.background('restarted', patient);
  const following = bed.start(['logs', '-f', 'restarted']);
  await once(following.stdout, 'data');
  await bed.ok(['restart', 'restarted']);
  while ((await bed.says('logs', 'restarted')) !== 'ready\nready');
  await bed.ok(['stop', 'restarted']);
  assert.equal((await following).stdout, 'ready\nready\n');
  await remove('restarted');
});

test('logs -f --tail 1 begins with the last line', async () => {
  await bed.background('tailed', 'echo ready; echo last; while :; do sleep 0.05; done');
  while (!/last/.test(await bed.says('logs', 'tailed')));
  const following = bed.start(['logs', '-f', '--tail', '1', 'tailed']);
  await once(following.stdout, 'data');
  await bed.ok(['kill', 'tailed']);
  assert.equal((await following).stdout, 'last\n');
  await remove('tailed');
});

test('ctrl-C ends logs -f and leaves the container alone', async () => {
  await bed.background('followed', patient);
  const following = bed.start(['logs', '-f', 'followed']);
  await once(following.stdout, 'data');
  following.kill('SIGINT');
  await following;
  assert.equal(await bed.field('followed', '{{.State.Running}}'), 'true');
  await remove('followed');
});

for (const driver of ['json-file', 'local'] as const) {
  test(`the log driver ${driver} keeps its files within max-size and max-file`, async () => {
    const options = ['--log-driver', driver, '--log-opt', 'max-size=10k', '--log-opt', 'max-file=3'];
    await finished('rotated', 'n=0; while [ $n -lt 2000 ]; do n=$((n+1)); echo line $n; done', ...options);
    const lines = (await bed.says('logs', 'rotated')).split('\n');
    assert.equal(lines.at(-1), 'line 2000');
    assert.ok(lines.length < 2000, 'something was rotated away');
    const first = Number(lines[0]?.slice(5));
    assert.deepEqual(
      lines,
      Array.from({ length: 2001 - first }, (_, index) => `line ${first + index}`),
    );
    assert.equal(await bed.field('rotated', '{{.HostConfig.LogConfig.Type}}'), driver);
    await remove('rotated');
  });
}

test('the log driver none keeps nothing, and logs says so', async () => {
  const { stdout } = await finished('unlogged', 'echo seen once', '--log-driver', 'none');
  assert.equal(stdout, 'seen once\n');
  await bed.refuses(['logs', 'unlogged'], 1, /configured logging driver does not support reading/);
  await remove('unlogged');
});

test('a reader that waits until the container has ended loses nothing', async () => {
  const script =
    '"$0" run --name patient --network none busybox sh -c "head -c 20000000 /dev/zero; echo end" | { until "$0" wait patient 2> /dev/null; do :; done; wc -c; }';
  const waiting = await bed.run(['sh', '-c', script, bed.commandLine([]).at(-1) ?? '']);
  assert.equal(waiting.stdout, '0\n20000004\n', waiting.stderr);
  await remove('patient');
});

for (const [flags, stderr] of [
  [['--since', 'yesterday'], /invalid value for "since"/],
  [['--until', '2020-13-40'], /invalid value for "until"/],
  [['--log-driver', 'syslog'], /unknown flag/],
] as const) {
  test(`logs ${flags.join(' ')} is refused`, () => bed.refuses(['logs', ...flags, 'x'], flags[0] === '--log-driver' ? 125 : 1, stderr));
}
for (const [flags, stderr] of [
  [['--log-driver', 'syslog'], /log(ging)? driver/],
  [['--log-opt', 'max-size=big'], /max-size|invalid size/],
  [['--log-opt', 'colour=red'], /unknown log opt 'colour' for json-file log driver/],
  [['--log-driver', 'none', '--log-opt', 'max-size=1k'], /invalid logging opts for driver none/],
] as const) {
  test(`run ${flags.join(' ')} is refused`, () => bed.refuses(['run', '--rm', ...flags, 'busybox', 'true'], 125, stderr));
}
