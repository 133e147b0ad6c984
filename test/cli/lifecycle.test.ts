import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, deaf, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

const state = (name: string, field: string): Promise<string> => bed.field(name, `{{.State.${field}}}`);
const remove = (...names: readonly string[]) => bed.ok(['rm', '-f', ...names]);
const create = (name: string, script: string, ...flags: readonly string[]) =>
  bed.says('create', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', script);

test('a detached container outlives the command', async () => {
  const id = await bed.background('kept', patient);
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.equal(await state('kept', 'Running'), 'true');
  await remove('kept');
});

test('a container has one name for every verb: its own, its id, the start of its id', async () => {
  const id = await create('named', 'true');
  for (const ref of ['named', id, id.slice(0, 12), id.slice(0, 5)]) assert.equal(await bed.field(ref, '{{.Name}}'), '/named');
  assert.equal(await bed.says('rm', id.slice(0, 12)), id.slice(0, 12));
});

test('a created container is not started, and has no process', async () => {
  await create('made', 'true');
  assert.equal(await state('made', 'Status'), 'created');
  assert.equal(await state('made', 'Pid'), '0');
  await remove('made');
});

test('start prints the name it was given and leaves the container to itself', async () => {
  await create('begun', patient);
  assert.equal(await bed.says('start', 'begun'), 'begun');
  assert.equal(await bed.says('start', 'begun'), 'begun', 'starting it once more is no failure');
  assert.equal(await state('begun', 'Status'), 'running');
  await remove('begun');
});

test('start -a shows the output and ends with the container’s exit code', async () => {
  await create('shown', 'echo out; echo err >&2; exit 4');
  const { stdout, stderr, exitCode } = await bed.tsdocker(['start', '-a', 'shown']);
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 4 });
  await remove('shown');
});

test('start -a -i gives the input to a container made with -i', async () => {
  await create('fed', 'cat', '-i');
  assert.equal((await bed.ok(['start', '-a', '-i', 'fed'], { input: 'through' })).stdout, 'through');
  await remove('fed');
});

test('a stopped container starts again with what was written in it', async () => {
  await create('again', 'cat /mark 2>/dev/null; echo mark > /mark');
  assert.equal(await bed.says('start', '-a', 'again'), '');
  assert.equal(await bed.says('start', '-a', 'again'), 'mark');
  await remove('again');
});

test('stop sends SIGTERM and lets the container end by itself', async () => {
  await bed.background('polite', patient);
  assert.equal(await bed.says('stop', '-t', '20', 'polite'), 'polite');
  assert.equal(await state('polite', 'ExitCode'), '3');
  assert.equal(await bed.says('stop', 'polite'), 'polite', 'stopping it once more is no failure');
  await remove('polite');
});

test('stop kills what does not listen, after the time given', async () => {
  await bed.background('deaf', deaf);
  await bed.ok(['stop', '-t', '1', 'deaf']);
  assert.equal(await state('deaf', 'ExitCode'), '137');
  await remove('deaf');
});

for (const [what, createFlags, stopFlags] of [
  ['the signal the container was made with', ['--stop-signal', 'USR1'], []],
  ['the signal given to stop', [], ['-s', 'SIGUSR1']],
] as const) {
  test(`stop sends ${what}`, async () => {
    await bed.background('choosy', 'trap "exit 6" USR1; echo ready; while :; do sleep 0.05; done', ...createFlags);
    await bed.ok(['stop', ...stopFlags, 'choosy']);
    assert.equal(await state('choosy', 'ExitCode'), '6');
    await remove('choosy');
  });
}

test('--stop-timeout is how long stop waits when it is not told', async () => {
  await bed.background('hasty', deaf, '--stop-timeout', '0');
  await bed.ok(['stop', 'hasty']);
  assert.equal(await state('hasty', 'ExitCode'), '137');
  await remove('hasty');
});

test('while stop waits, other commands answer', async () => {
  await bed.background('waiting', deaf);
  const stopping = bed.start(['stop', '-t', '60', 'waiting']);
  assert.match(await bed.says('ps', '--filter', 'name=waiting'), /waiting/);
  assert.equal(await bed.says('logs', 'waiting'), 'ready');
  await bed.ok(['kill', 'waiting']);
  assert.equal((await stopping).exitCode, 0);
  await remove('waiting');
});

test('restart ends the container and starts it anew', async () => {
  await bed.background('twice', patient);
  const before = await state('twice', 'Pid');
  assert.equal(await bed.says('restart', '-t', '5', 'twice'), 'twice');
  const after = await state('twice', 'Pid');
  assert.notEqual(after, before);
  assert.equal(await state('twice', 'Running'), 'true');
  await remove('twice');
});

test('restart starts a container that does not run', async () => {
  await create('idle', patient);
  await bed.ok(['restart', 'idle']);
  assert.equal(await state('idle', 'Running'), 'true');
  await remove('idle');
});

test('kill sends SIGKILL, or the signal asked for by name or number', async () => {
  await bed.background('target', 'trap "echo one" USR1; trap "echo two" USR2; echo ready; while :; do sleep 0.05; done');
  const following = bed.start(['logs', '-f', 'target']);
  await bed.ok(['kill', '-s', 'USR1', 'target']);
  while (!/one/.test(await bed.says('logs', 'target')));
  await bed.ok(['kill', '--signal', '12', 'target']);
  while (!/two/.test(await bed.says('logs', 'target')));
  assert.equal(await bed.says('kill', 'target'), 'target');
  assert.equal((await following).stdout, 'ready\none\ntwo\n');
  assert.equal(await bed.says('wait', 'target'), '137');
  await remove('target');
});

test('wait answers each container’s exit code, in order', async () => {
  await create('five', 'exit 5');
  await bed.background('three', patient);
  await bed.ok(['start', '-a', 'five']).catch(() => {});
  const waiting = bed.start(['wait', 'five', 'three']);
  await bed.ok(['stop', 'three']);
  assert.equal((await waiting).stdout, '5\n3\n');
  await remove('five', 'three');
});

test('a renamed container answers to the new name only', async () => {
  await bed.background('before', patient);
  await bed.ok(['rename', 'before', 'later']);
  await bed.refuses(['inspect', 'before'], 1, /No such object: before/);
  assert.equal(await bed.field('later', '{{.Name}}'), '/later');
  await create('other', 'true');
  await bed.refuses(['rename', 'other', 'later'], 1, /Conflict\. The container name "\/later" is already in use by container/);
  await remove('later', 'other');
});

test('a name in use is refused, and free again after rm', async () => {
  await create('taken', 'true');
  const conflict = /Conflict\. The container name "\/taken" is already in use by container "[0-9a-f]{64}"\./;
  await bed.refuses(['create', '--name', 'taken', 'busybox', 'true'], 1, conflict);
  await bed.refuses(['run', '--name', 'taken', 'busybox', 'true'], 125, conflict);
  await remove('taken');
  await create('taken', 'true');
  await remove('taken');
});

test('a running container is only removed by force', async () => {
  await bed.background('busy', patient);
  await bed.refuses(
    ['rm', 'busy'],
    1,
    /cannot remove container "\/?busy": container is running: stop the container before removing or force remove/,
  );
  assert.equal(await bed.says('rm', '-f', 'busy'), 'busy');
  assert.equal(await bed.says('ps', '-aq', '--filter', 'name=busy'), '');
});

test('a verb goes on after a container it does not find, and ends with 1', async () => {
  await create('there', 'true');
  const { stdout, stderr, exitCode } = await bed.tsdocker(['rm', 'missing', 'there']);
  assert.deepEqual({ stdout, exitCode }, { stdout: 'there\n', exitCode: 1 });
  assert.match(stderr, /No such container: missing/);
});

test('container prune removes what does not run and tells what', async () => {
  const ended = await create('ended', 'true');
  await bed.background('alive', patient);
  const told = await bed.says('container', 'prune', '-f');
  assert.match(told, new RegExp(`^Deleted Containers:\n${ended}\n\nTotal reclaimed space: `));
  assert.equal(await bed.says('ps', '-a', '--format', '{{.Names}}'), 'alive');
  await remove('alive');
});

test('container prune asks first, and does nothing when the answer is no', async () => {
  await create('spared', 'true');
  const { stdout } = await bed.ok(['container', 'prune'], { input: 'n\n' });
  assert.match(stdout, /WARNING! This will remove all stopped containers\.\nAre you sure you want to continue\? \[y\/N\]/);
  assert.equal(await bed.says('ps', '-a', '--format', '{{.Names}}'), 'spared');
  await bed.ok(['container', 'prune', '--filter', 'label=none', '-f']);
  assert.equal(await bed.says('ps', '-a', '--format', '{{.Names}}'), 'spared');
  await remove('spared');
});

test('pause freezes a container, unpause lets it go on', async () => {
  await bed.background('frozen', 'echo ready; n=0; while :; do n=$((n+1)); echo $n > /n; sleep 0.02; done');
  const count = () => bed.says('exec', 'frozen', 'cat', '/n');
  assert.equal(await bed.says('pause', 'frozen'), 'frozen');
  assert.equal(await bed.field('frozen', '{{.State.Status}} {{.State.Paused}} {{.State.Running}}'), 'paused true true');
  assert.match(await bed.says('ps', '--filter', 'name=frozen', '--format', '{{.Status}}'), /\(Paused\)$/);
  await bed.refuses(['exec', 'frozen', 'true'], 1, /is paused/);
  await bed.refuses(['pause', 'frozen'], 1, /is already paused/);
  await bed.ok(['unpause', 'frozen']);
  await bed.refuses(['unpause', 'frozen'], 1, /is not paused/);
  const first = Number(await count());
  while (Number(await count()) <= first);
  await bed.ok(['pause', 'frozen']);
  await bed.ok(['stop', '-t', '0', 'frozen']);
  assert.equal(await state('frozen', 'Status'), 'exited');
  await remove('frozen');
});

test('attach shows the output from now on, and ends with the container', async () => {
  const script = 'trap "echo now" USR1; trap "echo last; exit 5" TERM; echo ready; while :; do sleep 0.05; done';
  await bed.background('seen', script);
  const attached = bed.start(['attach', 'seen']);
  let isAttached = false;
  attached.stdout.once('data', () => {
    isAttached = true;
  });
  while (!isAttached) await bed.ok(['kill', '-s', 'USR1', 'seen']);
  await bed.ok(['stop', 'seen']);
  const { stdout, exitCode } = await attached;
  assert.match(stdout, /^(now\n)+last\n$/);
  assert.equal(exitCode, 5);
  await remove('seen');
});

test('signals to attach go to the container', async () => {
  await bed.background('proxied', 'trap "echo now" USR1; trap "exit 8" TERM; echo ready; while :; do sleep 0.05; done');
  const attached = bed.start(['attach', '--no-stdin', 'proxied']);
  let isAttached = false;
  attached.stdout.once('data', () => {
    isAttached = true;
  });
  while (!isAttached) await bed.ok(['kill', '-s', 'USR1', 'proxied']);
  attached.kill('SIGTERM');
  assert.equal((await attached).exitCode, 8);
  assert.equal(await state('proxied', 'ExitCode'), '8');
  await remove('proxied');
});
