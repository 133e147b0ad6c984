import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

const remove = (name: string) => bed.ok(['rm', '-f', name]);
const state = (name: string, field: string): Promise<string> => bed.field(name, `{{.State.${field}}}`);

/** Asks again until the answer is the one wanted; the testbed's time limit of a command bounds it. */
async function until(wanted: string | RegExp, ask: () => Promise<string>): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (typeof wanted === 'string' ? answer === wanted : wanted.test(answer)) return;
    if (Date.now() > end) throw new Error(`still ${answer}, not ${wanted}`);
  }
}

test('--restart on-failure:2 tries twice more, then leaves it with its exit code', async () => {
  await bed.ok([
    'run',
    '-d',
    '--name',
    'failing',
    '--restart',
    'on-failure:2',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'echo tried; exit 9',
  ]);
  assert.equal((await bed.ok(['logs', '-f', 'failing'])).stdout.replaceAll('tried\n', '.'), '...');
  await until('exited', () => state('failing', 'Status'));
  assert.equal(await bed.field('failing', '{{.State.ExitCode}} {{.RestartCount}}'), '9 2');
  await remove('failing');
});

test('--restart on-failure leaves a success alone', async () => {
  await bed.ok(['run', '-d', '--name', 'fine', '--restart', 'on-failure', '--network', 'none', 'busybox', 'true']);
  await until('exited', () => state('fine', 'Status'));
  assert.equal(await bed.field('fine', '{{.RestartCount}}'), '0');
  await remove('fine');
});

test('--restart always starts it again after a success, with what it had written', async () => {
  const script = 'echo x >> /count; test $(wc -l < /count) -lt 3 && exit 0; echo ready; exec sleep 600';
  await bed.background('always', script, '--restart', 'always');
  assert.equal(await bed.field('always', '{{.RestartCount}} {{.State.Running}}'), '2 true');
  await remove('always');
});

for (const policy of ['always', 'unless-stopped'] as const) {
  test(`stop ends a container with --restart ${policy} for good`, async () => {
    await bed.background('stopped', patient, '--restart', policy);
    await bed.ok(['stop', 'stopped']);
    assert.equal(await bed.field('stopped', '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}'), 'exited 3 0');
    await remove('stopped');
  });
}

test('kill ends the restarts too', async () => {
  await bed.background('killed', patient, '--restart', 'always');
  await bed.ok(['kill', 'killed']);
  await until('exited', () => state('killed', 'Status'));
  await remove('killed');
});

test('stop and rm -f work while a restart is waited for', async () => {
  const flags = ['--restart', 'always', '--network', 'none', 'busybox', 'false'];
  await bed.ok(['run', '-d', '--name', 'backing-off', ...flags]);
  await until(/^[3-9]/, () => bed.field('backing-off', '{{.RestartCount}}'));
  await until('restarting', () => state('backing-off', 'Status'));
  assert.match(await bed.says('ps', '-a', '--format', '{{.Status}}'), /^(Restarting \(1\) .* ago|Up .*)$/);
  await bed.ok(['stop', 'backing-off']);
  assert.equal(await state('backing-off', 'Status'), 'exited');
  await bed.ok(['start', 'backing-off']);
  await until('restarting', () => state('backing-off', 'Status'));
  await remove('backing-off');
  assert.equal(await bed.says('ps', '-aq'), '');
});

test('restart of a container with a policy does not count as the policy’s', async () => {
  await bed.background('anew', patient, '--restart', 'on-failure:1');
  await bed.ok(['restart', 'anew']);
  assert.equal(await bed.field('anew', '{{.RestartCount}} {{.State.Running}}'), '0 true');
  await remove('anew');
});

const probe = ['--health-interval', '100ms', '--health-retries', '2', '--health-timeout', '5s'];

test('a health check goes from starting over healthy to unhealthy and back', async () => {
  await bed.background('checked', 'touch /well; echo ready; exec sleep 600', ...probe, '--health-cmd', 'echo looked; test -e /well');
  const health = () => state('checked', 'Health.Status');
  await until('healthy', health);
  assert.match(await bed.says('ps', '--filter', 'health=healthy', '--format', '{{.Names}} {{.Status}}'), /^checked Up .* \(healthy\)$/);
  assert.match(await bed.field('checked', '{{(index .State.Health.Log 0).Output}}'), /^looked/);
  await bed.ok(['exec', 'checked', 'rm', '/well']);
  await until('unhealthy', health);
  assert.match(await bed.field('checked', '{{.State.Health.FailingStreak}}'), /^[2-9]|\d\d/);
  await bed.ok(['exec', 'checked', 'touch', '/well']);
  await until('healthy', health);
  await remove('checked');
});

test('a health check that takes too long counts as failed', async () => {
  const slow = ['--health-interval', '100ms', '--health-retries', '1', '--health-timeout', '200ms', '--health-cmd', 'sleep 60'];
  await bed.background('slow', 'echo ready; exec sleep 600', ...slow);
  await until('unhealthy', () => state('slow', 'Health.Status'));
  assert.match(await bed.field('slow', '{{json .State.Health.Log}}'), /exceeded timeout/);
  await remove('slow');
});

test('failures within the start period do not count', async () => {
  await bed.background('warming', 'echo ready; exec sleep 600', ...probe, '--health-start-period', '10m', '--health-cmd', 'echo no; false');
  await until(/no/, () => bed.field('warming', '{{json .State.Health.Log}}'));
  assert.equal(await bed.field('warming', '{{.State.Health.Status}} {{.State.Health.FailingStreak}}'), 'starting 0');
  await remove('warming');
});

test('--no-healthcheck has none', async () => {
  await bed.background('unchecked', patient, '--no-healthcheck');
  assert.equal(await bed.field('unchecked', '{{json .Config.Healthcheck}}'), '{"Test":["NONE"]}');
  assert.equal(await bed.field('unchecked', '{{json .State.Health}}'), 'null');
  await remove('unchecked');
});
