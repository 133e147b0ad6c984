import type { HealthResult, HealthState } from '../core/container.ts';
import type { Healthcheck } from '../core/docker/config.ts';
import { messageOf } from '../core/errors.ts';

export interface ProbeOutcome {
  readonly exitCode: number;
  /** What it wrote on both streams; whoever runs it need keep no more than {@link longestProbeOutput} and one byte. */
  readonly output: Buffer;
}

/** Runs the check once. `signal` aborts at the timeout: then it kills what it started and settles. */
export type RunProbe = (signal: AbortSignal) => Promise<ProbeOutcome>;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Answers the function that cancels. */
  after(delayMs: number, run: () => void): () => void;
}

export interface HealthOptions {
  readonly check: Healthcheck;
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly runProbe: RunProbe;
  /** After every probe; `changed` when the status is another than before. */
  readonly onState: (state: HealthState, changed: boolean) => void;
}

export const longestProbeOutput = 4096;
const keptResults = 5;
const defaults = { intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, startIntervalMs: 5000, retries: 3 };

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, run) {
    // Longer timers than this fire at once in Node.
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** Whether the container has a check at all. */
export function hasHealthcheck(check: Healthcheck | undefined): check is Healthcheck {
  const kind = check?.Test?.[0];
  return kind === 'CMD' || kind === 'CMD-SHELL';
}

/** The command of a check; `shell` is the image's SHELL, or nothing for /bin/sh. */
export function probeCommand(check: Healthcheck, shell: readonly string[] | undefined): readonly string[] {
  const [kind, ...args] = check.Test ?? [];
  if (kind !== 'CMD-SHELL') return args;
  return [...(shell?.length ? shell : ['/bin/sh', '-c']), ...args];
}

/** Probes a running container by docker's rules: an interval runs from the end of one probe to the start of the next. */
export class HealthMonitor {
  readonly #options: HealthOptions;
  readonly #timing: ReturnType<typeof readTiming>;
  #state: HealthState = { status: 'starting', failingStreak: 0, log: [] };
  #cancelTimer: () => void = () => {};
  #probing: AbortController | undefined;
  #isStopped = true;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#timing = readTiming(options.check);
  }

  get state(): HealthState {
    return this.#state;
  }

  /** Begins, and goes on after {@link stop} (a paused container is not probed). */
  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    if (this.#probing === undefined) this.#schedule();
  }

  /** Aborts a probe that is running; its result counts for nothing. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#probing?.abort();
  }

  #schedule(): void {
    this.#cancelTimer = this.#options.clock.after(this.#nextDelay(), () => void this.#probe());
  }

  #nextDelay(): number {
    const { intervalMs, startPeriodMs, startIntervalMs } = this.#timing;
    const left = startPeriodMs - (this.#options.clock.now() - this.#options.startedAtMs);
    if (left <= 0) return intervalMs;
    const wanted = this.#state.status === 'starting' ? startIntervalMs : intervalMs;
    return Math.min(wanted, Math.max(left, 1));
  }

  async #probe(): Promise<void> {
    const probing = new AbortController();
    this.#probing = probing;
    const startMs = this.#options.clock.now();
    const outcome = await this.#runBounded(probing);
    this.#probing = undefined;
    if (this.#isStopped) return;
    if (outcome !== undefined) this.#record(startMs, outcome);
    this.#schedule();
  }

  /** Nothing for a probe that {@link stop} cut off. */
  async #runBounded(probing: AbortController): Promise<{ exitCode: number; output: string } | undefined> {
    const { clock, runProbe } = this.#options;
    const { timeoutMs } = this.#timing;
    let timedOut = false;
    const cancel = clock.after(timeoutMs, () => {
      timedOut = true;
      probing.abort();
    });
    try {
      const { exitCode, output } = await runProbe(probing.signal);
      const text = capOutput(output);
      if (!timedOut) return probing.signal.aborted ? undefined : { exitCode, output: text };
      return { exitCode: -1, output: `Health check exceeded timeout (${formatGo(timeoutMs)})${text === '' ? '' : `: ${text}`}` };
    } catch (error) {
      if (probing.signal.aborted && !timedOut) return undefined;
      return { exitCode: -1, output: timedOut ? `Health check exceeded timeout (${formatGo(timeoutMs)})` : messageOf(error) };
    } finally {
      cancel();
    }
  }

  #record(startMs: number, { exitCode, output }: { exitCode: number; output: string }): void {
    const { clock, onState, startedAtMs } = this.#options;
    const before = this.#state;
    const result: HealthResult = { start: iso(startMs), end: iso(clock.now()), exitCode, output };
    const log = [...before.log, result].slice(-keptResults);
    if (exitCode === 0) this.#state = { status: 'healthy', failingStreak: 0, log };
    else {
      const isExcused = before.status === 'starting' && startMs - startedAtMs < this.#timing.startPeriodMs;
      const failingStreak = before.failingStreak + (isExcused ? 0 : 1);
      const isUnhealthy = !isExcused && failingStreak >= this.#timing.retries;
      this.#state = { status: isUnhealthy ? 'unhealthy' : before.status, failingStreak, log };
    }
    onState(this.#state, this.#state.status !== before.status);
  }
}

/** Docker keeps durations in nanoseconds, 0 or nothing for the default. */
function readTiming(check: Healthcheck) {
  const ms = (nanoseconds: number | undefined, fallback: number): number => (nanoseconds ? nanoseconds / 1e6 : fallback);
  return {
    intervalMs: ms(check.Interval, defaults.intervalMs),
    timeoutMs: ms(check.Timeout, defaults.timeoutMs),
    startPeriodMs: ms(check.StartPeriod, defaults.startPeriodMs),
    startIntervalMs: ms(check.StartInterval, defaults.startIntervalMs),
    retries: check.Retries && check.Retries > 0 ? check.Retries : defaults.retries,
  };
}

function capOutput(output: Buffer): string {
  return output.length > longestProbeOutput ? `${output.toString('utf8', 0, longestProbeOutput)}...` : output.toString();
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** As Go prints a duration: `1m30s`, `500ms`. */
function formatGo(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${(ms % 60_000) / 1000}s`;
}
