import { setTimeout as delay } from 'node:timers/promises';
import { allowedFrom, type ContainerState } from '../core/container.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { identify } from '../linux/process-identity.ts';
import { cgroupFolder } from './cgroup.ts';
import { nowText } from './clock.ts';
import { descendantsOf, pidsInNamespaceOf } from './container-pids.ts';
import { type ExecRun, startExec } from './exec.ts';
import type { HealthMonitor } from './health.ts';
import { startHealthchecks } from './health-probe.ts';
import { type Attachment, LiveRun } from './live-run.ts';
import type { LogDriver } from './logs/index.ts';
import { complain } from './monitor-log.ts';
import { wasOomKilled } from './oom.ts';
import type { ExecSpec, TerminalSize } from './protocol.ts';
import { RestartRules } from './restart-policy.ts';
import type { RunContext } from './run-context.ts';
import type { StateWriter } from './state-writer.ts';

const SIGKILL = 9;
const SIGTERM = 15;

export interface ExitNotice {
  readonly exitCode: number;
  readonly error: string;
}

/**
 * One container's life while a monitor owns it: started, ended, started again by its policy, until it is to stay ended. Everything that
 * can be asked of a running container is a method; requests.ts maps the protocol to them.
 */
export class Supervisor {
  readonly #context: RunContext;
  readonly #state: StateWriter;
  readonly #log: LogDriver;
  readonly #rules: RestartRules;
  readonly #waiters = new Set<(exit: ExitNotice) => void>();
  readonly #finished = Promise.withResolvers<void>();
  /** Who asked for a restart, or for a stop between two runs, waits for the start that follows. */
  #onNextLaunch: PromiseWithResolvers<void> | undefined;
  /** Cuts a restart's delay short. */
  #backOff = new AbortController();
  #live: LiveRun | undefined;
  #lastRun: LiveRun | undefined;
  #health: HealthMonitor | undefined;
  /** `restart` was asked for: the next end is followed by a start, whatever the policy says. */
  #startAgain = false;

  constructor(context: RunContext, state: StateWriter, log: LogDriver) {
    this.#context = context;
    this.#state = state;
    this.#log = log;
    this.#rules = new RestartRules(context.record().hostConfig.RestartPolicy);
  }

  /** Resolves when the container has ended and nothing will start it again. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  get isRunning(): boolean {
    return this.#live !== undefined;
  }

  /** The clients that saw the last run: for what has to be told after it. */
  get lastRun(): LiveRun | undefined {
    return this.#lastRun;
  }

  /** The first start; `onStarted` is called before anything else is told about the run. @throws UserError when nothing was started */
  async start(first: Attachment | null, size: TerminalSize | undefined, onStarted: (pid: number) => void): Promise<void> {
    this.#state.update({ stoppedByUser: false, restartCount: 0, error: '' });
    await this.#launch(first, size, onStarted);
  }

  resumeOutput(): void {
    this.#live?.resumeOutput();
  }

  attach(attachment: Attachment): void {
    this.#running('attach').attach(attachment);
  }

  resize(size: TerminalSize): void {
    this.#live?.resize(size);
  }

  /** A signal that is meant to end the container also ends its restarts. */
  signal(signal: number, stopSignal: number): void {
    const live = this.#running('kill');
    const endsIt = signal === SIGKILL || signal === stopSignal;
    if (endsIt) this.#rules.cancel();
    live.signal(signal);
    if (endsIt && this.#state.current.status === 'paused') this.unpause().catch(error => complain('it can not be unpaused', error));
  }

  /** Answers when the container has ended for good; one that waits to be restarted stays ended. */
  async stop(signal: number, timeoutSeconds: number): Promise<void> {
    this.#rules.cancel();
    this.#state.update({ stoppedByUser: true });
    this.#backOff.abort();
    if (!this.#live) await this.#startedOrFinished();
    if (this.#live) await this.#end(this.#live, signal, timeoutSeconds);
  }

  async restart(signal: number, timeoutSeconds: number): Promise<void> {
    if (!this.#live) throw notRunning(this.#context, 'restarting');
    const restarted = Promise.withResolvers<void>();
    this.#startAgain = true;
    this.#state.update({ stoppedByUser: false });
    this.#onNextLaunch = restarted;
    await this.#end(this.#live, signal, timeoutSeconds);
    await restarted.promise;
  }

  async pause(): Promise<void> {
    this.#running('pause');
    await this.#context.runtime.pause(this.#context.record().id);
    this.#health?.stop();
    this.#state.update({ status: 'paused' });
  }

  async unpause(): Promise<void> {
    if (this.#state.current.status !== 'paused') throw notRunning(this.#context, 'not paused');
    const live = this.#live;
    await this.#context.runtime.resume(this.#context.record().id);
    // SIGKILL ends a frozen process, too.
    if (this.#live !== live) return;
    this.#state.update({ status: 'running' });
    this.#health?.start();
  }

  exec(spec: ExecSpec): Promise<ExecRun> {
    const live = this.#running('exec');
    return startExec(this.#context, live.run.rootfs, spec);
  }

  pids(): number[] {
    if (!this.#live) return [];
    const { pid } = this.#live.run;
    return this.#context.record().hostConfig.PidMode === '' ? pidsInNamespaceOf(pid) : descendantsOf(pid);
  }

  nextExit(): Promise<ExitNotice> {
    return new Promise(resolve => this.#waiters.add(resolve));
  }

  /** `update --restart` */
  reload(): void {
    this.#rules.setPolicy(this.#context.record().hostConfig.RestartPolicy);
  }

  #running(verb: 'attach' | 'kill' | 'exec' | 'pause'): LiveRun {
    const allowed: readonly ContainerState['status'][] = allowedFrom[verb];
    const { status } = this.#state.current;
    if (this.#live && allowed.includes(status)) return this.#live;
    throw notRunning(this.#context, status);
  }

  async #launch(first: Attachment | null, size: TerminalSize | undefined, onStarted: (pid: number) => void): Promise<void> {
    const live = await LiveRun.start(this.#context, this.#log, first, size);
    this.#live = live;
    this.#lastRun = live;
    const process = identify(live.run.pid);
    const cgroup = cgroupFolder(this.#context.cgroup);
    this.#state.drop('health');
    this.#state.update({
      status: 'running',
      startedAt: nowText(),
      exitCode: 0,
      oomKilled: false,
      error: '',
      ...(process ? { process } : {}),
      ...(cgroup === undefined ? {} : { cgroup }),
    });
    this.#health = startHealthchecks(this.#context, live, health => this.#state.update({ health }));
    onStarted(live.run.pid);
    void this.#followToEnd(live).catch(error => this.#finished.reject(error));
    this.#onNextLaunch?.resolve();
    this.#onNextLaunch = undefined;
  }

  async #followToEnd(live: LiveRun): Promise<void> {
    const exitCode = await live.ended();
    this.#health?.stop();
    const oomKilled = wasOomKilled(cgroupFolder(this.#context.cgroup));
    this.#live = undefined;
    await live.run.tearDown().catch(error => complain('something of the ended container stays', error));
    const decision = this.#rules.onExit({
      exitCode,
      ranForMs: Date.now() - live.startedAtMs,
      stoppedByUser: this.#state.current.stoppedByUser && !this.#startAgain,
    });
    const goesOn = this.#startAgain || decision.restart;
    if (!goesOn) await this.#log.close();
    this.#recordEnd({ exitCode, oomKilled, goesOn });
    live.announceExit(exitCode, '');
    this.#tellWaiters({ exitCode, error: '' });
    if (!goesOn) this.#finished.resolve();
    else await this.#goOn(live, this.#startAgain || !decision.restart ? 0 : decision.delayMs);
  }

  #recordEnd(end: { exitCode: number; oomKilled: boolean; goesOn: boolean }): void {
    this.#state.drop('process', 'cgroup', ...(end.goesOn ? [] : (['monitor'] as const)));
    this.#state.update({
      status: end.goesOn ? 'restarting' : 'exited',
      exitCode: end.exitCode,
      oomKilled: end.oomKilled,
      finishedAt: nowText(),
    });
  }

  #tellWaiters(exit: ExitNotice): void {
    for (const waiter of this.#waiters) waiter(exit);
    this.#waiters.clear();
  }

  /** Starts the container again after its delay. A start that fails counts as an end with docker's code for it. */
  async #goOn(previous: LiveRun, delayMs: number): Promise<void> {
    previous.closeClients();
    let waitMs = delayMs;
    for (;;) {
      if (!(await this.#waited(waitMs))) return this.#stayEnded();
      const byUser = this.#startAgain;
      this.#startAgain = false;
      try {
        if (byUser) this.#rules.renew();
        await this.#launch(null, undefined, () => {});
        this.#state.update({ restartCount: byUser ? 0 : this.#rules.restarts });
        return;
      } catch (error) {
        const exitCode = error instanceof UserError ? (error.exitCode ?? 128) : 128;
        this.#state.update({ exitCode, error: messageOf(error), finishedAt: nowText() });
        this.#onNextLaunch?.reject(error);
        this.#onNextLaunch = undefined;
        const decision = this.#rules.onExit({ exitCode, ranForMs: 0, stoppedByUser: false });
        if (!decision.restart) return this.#stayEnded();
        waitMs = decision.delayMs;
      }
    }
  }

  /** False when a stop came meanwhile. */
  async #waited(waitMs: number): Promise<boolean> {
    if (this.#startAgain) return true;
    try {
      await delay(waitMs, undefined, { signal: this.#backOff.signal });
      return true;
    } catch {
      return false;
    }
  }

  /** Between two runs: a restart that is under way can't be cut short, and one that fails is the end. */
  async #startedOrFinished(): Promise<void> {
    this.#onNextLaunch ??= Promise.withResolvers();
    const started = this.#onNextLaunch.promise;
    await Promise.race([started.catch(() => this.#finished.promise), this.#finished.promise]);
  }

  #stayEnded(): void {
    void this.#log.close().then(() => {
      this.#state.drop('monitor', 'process');
      this.#state.update({ status: 'exited' });
      this.#finished.resolve();
    });
  }

  /** Resolves after the run's end has been recorded. */
  async #end(live: LiveRun, signal: number, timeoutSeconds: number): Promise<void> {
    const exit = this.nextExit();
    const unlessEnded = (error: unknown) => {
      if (this.#live === live) throw error;
    };
    const kill = timeoutSeconds < 0 ? undefined : setTimeout(() => live.signal(SIGKILL), timeoutSeconds * 1000);
    live.signal(signal);
    if (this.#state.current.status === 'paused') await this.unpause().catch(unlessEnded);
    await exit;
    clearTimeout(kill);
  }
}

export const defaultStopSignal = SIGTERM;

function notRunning(context: RunContext, status: string): UserError {
  const { id, name } = context.record();
  return new UserError('conflict', 'CONTAINER_NOT_RUNNING', `Container ${id} is not running (${status})`, {
    hint: `tsdocker start ${name}`,
  });
}
