import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openTestbed, type Testbed } from '../support/binary.ts';
import { inspected, monitorPid, monitorsOf, nothingLeft, ok, recovers, signal } from '../support/faults.ts';
import { importBusybox } from '../support/images.ts';

let bed: Testbed;
/** How long a whole `run` takes here, ms. */
let wholeMs = 0;
before(async () => {
  bed = await openTestbed();
  await importBusybox(bed);
  await ok(bed, 'run', '--rm', '--network', 'none', 'busybox', 'true');
  const start = performance.now();
  await ok(bed, 'run', '--rm', '--network', 'none', 'busybox', 'true');
  wholeMs = performance.now() - start;
});
afterEach(() => bed.tsdocker(['rm', '-f', 'victim']));
after(() => bed.close());

const MOMENTS = 5;
const moments = Array.from({ length: MOMENTS }, (_, index) => index + 1);

for (const flags of [['--rm'], ['-d']]) {
  test(`the command run ${flags.join(' ')} is killed at ${MOMENTS} moments of its life: the next commands tell the truth, and the name is free`, async () => {
    for (const moment of moments) {
      const running = bed.start(['run', ...flags, '--name', 'victim', '--network', 'none', 'busybox', 'sh', '-c', 'echo one; sleep 0.1']);
      await delay((wholeMs * moment) / MOMENTS);
      running.kill('SIGKILL');
      await running;
      await recovers(bed, 'victim', { start: moment % 2 === 0 });
    }
  });

  test(`the monitor of run ${flags.join(' ')} is killed at ${MOMENTS} moments: the command ends, the next ones tell the truth, and the name is free`, async () => {
    for (const moment of moments) {
      const running = bed.start(['run', ...flags, '--name', 'victim', '--network', 'none', 'busybox', 'sh', '-c', 'echo one; sleep 0.1'], {
        timeoutMs: 20_000,
      });
      await delay((wholeMs * moment) / MOMENTS);
      for (const pid of monitorsOf(bed)) signal(pid, 'SIGKILL');
      assert.equal((await running).timedOut, false, `moment ${moment}`);
      await recovers(bed, 'victim', { start: moment % 2 === 0 });
    }
  });
}

async function sleeper(name: string, ...flags: readonly string[]): Promise<void> {
  await ok(bed, 'run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sh', '-c', 'echo up; sleep 1000');
}

test('a killed exec leaves the container running, and its process ends with the container', async () => {
  await sleeper('victim');
  for (const moment of moments) {
    const running = bed.start(['exec', 'victim', 'sleep', '1001']);
    await delay((wholeMs * moment) / MOMENTS);
    running.kill('SIGKILL');
    await running;
  }
  assert.equal(await inspected(bed, 'victim', '{{.State.Running}}'), 'true');
  await recovers(bed, 'victim');
});

test('a container whose monitor was killed is shown as exited, its output is kept, and everything in it ends', async () => {
  await sleeper('victim');
  await ok(bed, 'exec', '-d', 'victim', 'sleep', '1002');
  signal(await monitorPid(bed, 'victim'), 'SIGKILL');
  const state = await inspected(bed, 'victim', '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}} {{.State.Error}}');
  assert.equal(state, 'exited 137 0 its monitor was killed, and so was the container then');
  assert.equal((await ok(bed, 'logs', 'victim')).stdout, 'up\n');
  await nothingLeft(bed);
  await ok(bed, 'start', 'victim');
  assert.equal(await inspected(bed, 'victim', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}'), 'running 0');
  await recovers(bed, 'victim');
});

for (const verb of [['stop', '-t', '0'], ['rm', '-f'], ['start'], ['restart', '-t', '0'], ['wait']] as const) {
  test(`${verb.join(' ')} is the first command after the monitor was killed`, async () => {
    await sleeper('victim');
    signal(await monitorPid(bed, 'victim'), 'SIGKILL');
    await ok(bed, ...verb, 'victim');
    await recovers(bed, 'victim');
  });
}

test('exec, kill and attach after the monitor was killed say that the container does not run', async () => {
  for (const verb of [
    ['exec', 'victim', 'true'],
    ['kill', 'victim'],
    ['attach', 'victim'],
  ]) {
    await sleeper('victim');
    signal(await monitorPid(bed, 'victim'), 'SIGKILL');
    const { exitCode, stderr } = await bed.tsdocker(verb);
    assert.ok(exitCode === 1 || exitCode === 125, stderr);
    assert.match(stderr, /is not running|stopped container/);
    await recovers(bed, 'victim');
  }
});

test('clients of a container whose monitor is killed are told, and end', async () => {
  await sleeper('victim');
  const clients = [
    ['attach', 'victim'],
    ['exec', 'victim', 'sleep', '1000'],
    ['wait', 'victim'],
    ['logs', '-f', 'victim'],
  ].map(args => bed.start(args, { timeoutMs: 20_000 }));
  await delay(wholeMs);
  signal(await monitorPid(bed, 'victim'), 'SIGKILL');
  for (const { timedOut, exitCode } of await Promise.all(clients)) assert.deepEqual([timedOut, exitCode === undefined], [false, false]);
  await recovers(bed, 'victim');
});

test('init killed from outside is an exit with 137', async () => {
  await sleeper('victim');
  signal(Number(await inspected(bed, 'victim', '{{.State.Pid}}')), 'SIGKILL');
  assert.equal((await ok(bed, 'wait', 'victim')).stdout, '137\n');
  assert.equal(await inspected(bed, 'victim', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}'), 'exited 137');
  await recovers(bed, 'victim');
});

test('monitor and init killed together: the exit code is told to be unknown', async () => {
  await sleeper('victim');
  const init = Number(await inspected(bed, 'victim', '{{.State.Pid}}'));
  signal(await monitorPid(bed, 'victim'), 'SIGKILL');
  signal(init, 'SIGKILL');
  await delay(100);
  const state = await inspected(bed, 'victim', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}');
  assert.equal(state, 'exited 255 its monitor was killed; the exit code is not known');
  await recovers(bed, 'victim');
});

test('a monitor killed while it waits to restart the container leaves the last exit code, and nothing starts again', async () => {
  await ok(bed, 'run', '-d', '--name', 'victim', '--restart', 'always', '--network', 'none', 'busybox', 'sh', '-c', 'exit 3');
  while ((await inspected(bed, 'victim', '{{.State.Status}} {{lt .RestartCount 3}}')) !== 'restarting false') await delay(20);
  signal(await monitorPid(bed, 'victim'), 'SIGKILL');
  assert.equal(await inspected(bed, 'victim', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 3');
  await nothingLeft(bed);
  await recovers(bed, 'victim');
});

test('a monitor whose command died before it told it a container ends by itself', async () => {
  const running = bed.start(['run', '--pull', 'never', '--name', 'victim', '--network', 'none', 'busybox', 'true']);
  while (monitorsOf(bed).length === 0) await delay(5);
  running.kill('SIGKILL');
  await running;
  await recovers(bed, 'victim');
});

test('rm -f ends a container whose monitor is stopped', { timeout: 120_000 }, async () => {
  await sleeper('victim');
  signal(await monitorPid(bed, 'victim'), 'SIGSTOP');
  await ok(bed, 'ps', '-a');
  await ok(bed, 'inspect', 'victim');
  await ok(bed, 'logs', 'victim');
  await ok(bed, 'rm', '-f', 'victim');
  await recovers(bed, 'victim');
});
