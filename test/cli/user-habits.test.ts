import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

test('the binary prints the help of a command', async () => {
  const help = await bed.says('run', '--help');
  assert.match(help, /^\nUsage: {2}tsdocker run \[OPTIONS\] IMAGE/);
  assert.match(help, /--env-file/);
});

test('flags that node knows too reach the container’s command', async () => {
  const words = ['--env-file', 'missing', '--env-file-if-exists=missing', '--inspect', '--require', './x.js', '--version'];
  assert.equal(await bed.says('run', '--rm', '--network', 'none', 'busybox', 'echo', ...words), words.join(' '));
});

test('an env file that is missing is told by us, with docker’s exit code', async () => {
  await bed.refuses(['run', '--rm', '--env-file', 'missing', 'busybox', 'true'], 125, /open missing: no such file or directory\n$/);
});

test('stop ends a container that restarts all the time, whenever it comes', async () => {
  for (const script of ['exit 1', 'sleep 0.1', `test -e /second && { ${patient}; }; touch /second`]) {
    await bed.ok(['run', '-d', '--name', 'again', '--restart', 'always', '--network', 'none', 'busybox', 'sh', '-c', script]);
    await bed.ok(['stop', 'again']);
    assert.equal(await bed.field('again', '{{.State.Status}}'), 'exited', script);
    await bed.ok(['rm', 'again']);
  }
});

for (const network of ['pasta', 'slirp4netns'])
  test(`--userns host has a network through ${network} too`, async () => {
    const shown = await bed.says('run', '--rm', '--userns', 'host', '--network', network, 'busybox', 'ip', '-o', 'addr', 'show', 'eth0');
    assert.match(shown, / inet \d+\./);
  });

test('inspect answers for limits, ports and volumes that a container has none of', async () => {
  await bed.ok(['create', '--name', 'plain', 'busybox', 'true']);
  const shown = await bed.field(
    'plain',
    '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PortBindings}} {{.HostConfig.Binds}}',
  );
  assert.equal(shown, '0 0 map[] []');
  await bed.ok(['rm', 'plain']);
});

test('a container that waits for its restart counts as running, as in docker', async () => {
  await bed.ok(['run', '-d', '--name', 'waits', '--restart', 'always', '--network', 'none', 'busybox', 'false']);
  const seen = await bed.field('waits', '{{.State.Status}} {{.State.Running}}');
  assert.match(seen, /^(running|restarting) true$/);
  await bed.ok(['rm', '-f', 'waits']);
});

test('kill ends a container that restarts all the time', async () => {
  await bed.ok(['run', '-d', '--name', 'loops', '--restart', 'always', '--network', 'none', 'busybox', 'false']);
  // By then it waits for seconds: long enough for the kill to find it so.
  while (!/^restarting [4-9]/.test(await bed.field('loops', '{{.State.Status}} {{.RestartCount}}')));
  await bed.ok(['kill', 'loops']);
  assert.equal(await bed.field('loops', '{{.State.Status}}'), 'exited');
  await bed.ok(['rm', 'loops']);
});
