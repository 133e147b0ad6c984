import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { HealthState } from '../core/container.ts';
import { errnoOf } from '../core/errors.ts';
import { startExec } from './exec.ts';
import { HealthMonitor, hasHealthcheck, longestProbeOutput, type ProbeOutcome, probeCommand, systemClock } from './health.ts';
import type { LiveRun } from './live-run.ts';
import type { RunContext } from './run-context.ts';

/** How long output that another process keeps open is read after the check has ended, ms. */
const DRAIN_MS = 200;

/** Probes the container by its HEALTHCHECK, if it has one, until the answer's `stop` is called. */
export function startHealthchecks(context: RunContext, live: LiveRun, onState: (state: HealthState) => void): HealthMonitor | undefined {
  const { Healthcheck, Shell } = context.record().config;
  if (!hasHealthcheck(Healthcheck)) return undefined;
  const args = probeCommand(Healthcheck, Shell);
  const monitor = new HealthMonitor({
    check: Healthcheck,
    startedAtMs: live.startedAtMs,
    clock: systemClock,
    runProbe: signal => runProbe(context, live.run.rootfs, args, signal),
    onState,
  });
  onState(monitor.state);
  monitor.start();
  return monitor;
}

async function runProbe(context: RunContext, rootfs: string, args: readonly string[], signal: AbortSignal): Promise<ProbeOutcome> {
  const streams = { stdin: false, stdout: true, stderr: true };
  const spec = { args, env: [], user: '', workingDir: '', tty: false, privileged: false, streams, detach: false };
  const run = await startExec(context, rootfs, spec);
  const kill = () => killQuietly(run.pid);
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  const kept: Buffer[] = [];
  let length = 0;
  // All is read, so that a talkative check never blocks on a full pipe; only the start of it is kept.
  const keep = (chunk: Buffer) => {
    if (length <= longestProbeOutput) kept.push(chunk);
    length += chunk.length;
  };
  const outputs = [run.io.stdout, ...(run.io.stderr ? [run.io.stderr] : [])];
  const ends = Promise.allSettled(outputs.map(output => once(output.on('data', keep), 'end')));
  try {
    const exitCode = await run.exited;
    await Promise.race([ends, delay(DRAIN_MS)]);
    return { exitCode, output: Buffer.concat(kept) };
  } finally {
    signal.removeEventListener('abort', kill);
    for (const output of outputs) output.destroy();
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
