import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthState } from '../../../src/core/container.ts';
import type { Healthcheck } from '../../../src/core/docker/config.ts';
import { type Clock, HealthMonitor, type ProbeOutcome, probeCommand, type RunProbe } from '../../../src/monitor/health.ts';

const second = 1e9;

class FakeClock implements Clock {
  time = 0;
  timers: { at: number; run: () => void }[] = [];
  now = () => this.time;

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.time + delayMs, run };
    this.timers.push(timer);
    return () => void this.timers.splice(this.timers.indexOf(timer) >>> 0, 1);
  }

  async advance(toMs: number): Promise<void> {
    for (;;) {
      const next = this.timers.filter(timer => timer.at <= toMs).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.time = next.at;
      next.run();
      await new Promise(setImmediate);
    }
    this.time = toMs;
  }
}

function watch(check: Healthcheck, runProbe: RunProbe) {
  const clock = new FakeClock();
  const probes: number[] = [];
  const changes: string[] = [];
  const states: HealthState[] = [];
  const monitor = new HealthMonitor({
    check,
    startedAtMs: 0,
    clock,
    runProbe: signal => {
      probes.push(clock.time / 1000);
      return runProbe(signal);
    },
    onState: (state, changed) => {
      states.push(state);
      if (changed) changes.push(`${clock.time / 1000}:${state.status}`);
    },
  });
  monitor.start();
  return { clock, probes, changes, states, monitor };
}

const exits = (...codes: number[]): RunProbe => {
  let at = 0;
  return async () => ({ exitCode: codes[Math.min(at++, codes.length - 1)] ?? 0, output: Buffer.from(`run ${at}`) });
};

test('a container is healthy after one good probe, unhealthy after the retries, and healthy again', async () => {
  const { clock, changes, monitor } = watch({ Interval: 10 * second, Retries: 2 }, exits(0, 1, 1, 1, 0));
  await clock.advance(50_000);
  assert.deepEqual(changes, ['10:healthy', '30:unhealthy', '50:healthy']);
  assert.equal(monitor.state.failingStreak, 0);
  assert.deepEqual(
    monitor.state.log.map(({ output }) => output),
    ['run 1', 'run 2', 'run 3', 'run 4', 'run 5'],
  );
  await clock.advance(60_000);
  assert.deepEqual(monitor.state.log[0]?.output, 'run 2');
});

test('failures within the start period count for nothing, and probes come at the start interval until it is over', async () => {
  const check = { Interval: 30 * second, StartPeriod: 12 * second, StartInterval: 5 * second, Retries: 1 };
  const { clock, probes, changes } = watch(check, exits(1));
  await clock.advance(45_000);
  assert.deepEqual(probes, [5, 10, 12, 42]);
  assert.deepEqual(changes, ['12:unhealthy']);
});

test('a probe that takes too long is aborted and failed, with what it wrote', async () => {
  const slow: RunProbe = signal =>
    new Promise<ProbeOutcome>(resolve => signal.addEventListener('abort', () => resolve({ exitCode: 137, output: Buffer.from('half') })));
  const { clock, monitor } = watch({ Interval: second, Timeout: 1.5 * second, Retries: 1 }, slow);
  await clock.advance(2500);
  assert.deepEqual(
    monitor.state.log.map(({ exitCode, output }) => [exitCode, output]),
    [[-1, 'Health check exceeded timeout (1.5s): half']],
  );
  assert.equal(monitor.state.status, 'unhealthy');
});

test('a probe that cannot run is a failed one', async () => {
  const { clock, monitor } = watch({ Interval: second }, async () => {
    throw new Error('no such file');
  });
  await clock.advance(1000);
  assert.deepEqual(
    monitor.state.log.map(({ exitCode, output }) => [exitCode, output]),
    [[-1, 'no such file']],
  );
});

test('output is cut after 4096 bytes', async () => {
  const { clock, monitor } = watch({ Interval: second }, async () => ({ exitCode: 0, output: Buffer.alloc(5000, 'x') }));
  await clock.advance(1000);
  assert.equal(monitor.state.log[0]?.output, `${'x'.repeat(4096)}...`);
});

test('a stop aborts the probe, whose result counts for nothing, and a start goes on', async () => {
  let aborted = false;
  const hanging: RunProbe = signal =>
    new Promise(resolve =>
      signal.addEventListener('abort', () => {
        aborted = true;
        resolve({ exitCode: 1, output: Buffer.alloc(0) });
      }),
    );
  const { clock, monitor, states, probes } = watch({ Interval: second }, hanging);
  await clock.advance(1000);
  monitor.stop();
  monitor.start();
  await new Promise(setImmediate);
  assert.equal(aborted, true);
  assert.deepEqual(states, []);
  await clock.advance(2000);
  assert.deepEqual(probes, [1, 2]);
  monitor.stop();
  await clock.advance(60_000);
  assert.equal(probes.length, 2);
});

test('a shell check runs in the image’s shell', () => {
  assert.deepEqual(probeCommand({ Test: ['CMD-SHELL', 'a | b'] }, undefined), ['/bin/sh', '-c', 'a | b']);
  assert.deepEqual(probeCommand({ Test: ['CMD-SHELL', 'a'] }, ['/bin/bash', '-ec']), ['/bin/bash', '-ec', 'a']);
  assert.deepEqual(probeCommand({ Test: ['CMD', 'a', 'b c'] }, ['x']), ['a', 'b c']);
});
