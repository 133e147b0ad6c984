import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, deaf, openContainerBed } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

const run = (...args: readonly string[]) => bed.tsdocker(['run', '--network', 'none', ...args], { timeoutMs: 240_000 });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('fifty runs at once each print their own and leave nothing', async () => {
  const results = await Promise.all(numbers(50).map(n => run('--rm', 'busybox', 'echo', `${n}`)));
  assert.deepEqual(
    results.map(({ stdout, stderr, exitCode }) => ({ stdout, stderr, exitCode })),
    numbers(50).map(n => ({ stdout: `${n}\n`, stderr: '', exitCode: 0 })),
  );
  assert.equal(await bed.says('ps', '-aq'), '');
});

test('of eight commands that ask for one name, one gets it; the others say who has it', async () => {
  const results = await Promise.all(numbers(8).map(() => bed.tsdocker(['create', '--name', 'wanted', 'busybox', 'true'])));
  const [winner, ...others] = results.toSorted((a, b) => a.exitCode - b.exitCode);
  assert.ok(winner);
  assert.equal(winner.exitCode, 0, winner.stderr);
  for (const { exitCode, stderr } of others) {
    assert.equal(exitCode, 1);
    assert.ok(stderr.includes(`Conflict. The container name "/wanted" is already in use by container "${winner.stdout.trim()}".`), stderr);
  }
  assert.equal(await bed.says('ps', '-aq', '--no-trunc'), winner.stdout.trim());
  await bed.ok(['rm', 'wanted']);
});

test('run --rm with one name works fifty times back to back', async () => {
  for (const n of numbers(50)) assert.equal((await run('--rm', '--name', 'again', 'busybox', 'echo', `${n}`)).stdout, `${n}\n`);
});

test('of commands that start one container at once none fails, and it is started once', async () => {
  await bed.ok(['create', '--name', 'once', '--network', 'none', 'busybox', 'sh', '-c', 'echo ready; exec sleep 600']);
  for (const { exitCode, stderr } of await Promise.all(numbers(5).map(() => bed.tsdocker(['start', 'once']))))
    assert.equal(exitCode, 0, stderr);
  assert.equal(await bed.says('logs', 'once'), 'ready');
  await bed.ok(['rm', '-f', 'once']);
});

test('of commands that remove one container at once one succeeds, and it is gone', async () => {
  await bed.background('doomed', deaf);
  const results = await Promise.all(numbers(5).map(() => bed.tsdocker(['rm', '-f', 'doomed'])));
  assert.ok(results.some(({ stdout }) => stdout === 'doomed\n'));
  for (const { stderr } of results) assert.match(stderr, /^$|No such container: doomed|already in progress/);
  assert.equal(await bed.says('ps', '-aq'), '');
});

test('stop, kill and rm -f at once leave no container and no process', async () => {
  await bed.background('torn', deaf);
  const pid = await bed.field('torn', '{{.State.Pid}}');
  await Promise.all(
    [
      ['stop', '-t', '1', 'torn'],
      ['kill', 'torn'],
      ['rm', '-f', 'torn'],
      ['ps', '-a'],
    ].map(args => bed.tsdocker(args)),
  );
  await bed.tsdocker(['rm', '-f', 'torn']);
  assert.equal(await bed.says('ps', '-aq'), '');
  assert.notEqual((await bed.run(['test', '-e', `/proc/${pid}/exe`])).exitCode, 0);
});

test('nothing is left in the store of what was removed', async () => {
  const { stdout } = await bed.run([
    'sh',
    '-c',
    'ls "$HOME/.local/share/tsdocker/containers"; ls "$XDG_RUNTIME_DIR/tsdocker/containers" 2>/dev/null; true',
  ]);
  assert.equal(stdout, '');
});
