import type { ContainerRecord } from '../core/container.ts';
import { errnoOf } from '../core/errors.ts';
import { containerPaths } from '../core/paths.ts';
import type { MonitorConnection } from './connection.ts';
import type { ProcessIo } from './container-io.ts';
import type { LogDriver } from './logs/index.ts';
import type { AttachStreams, TerminalSize } from './protocol.ts';
import { type Run, startRun } from './run.ts';
import type { RunContext } from './run-context.ts';
import { OutputFanOut, StdinFanIn } from './streams/index.ts';

/** How long output that another process keeps open is read after init has ended, ms. */
const DRAIN_MS = 500;

/** A client that wants the output of a run from its first byte, or from now on. */
export interface Attachment {
  readonly connection: MonitorConnection;
  readonly streams: AttachStreams;
}

/** The container's init with everything that listens to it, from its start to its end. */
export class LiveRun {
  readonly startedAtMs = Date.now();
  readonly #fanOut: OutputFanOut;
  readonly #record: ContainerRecord;
  #stdin: StdinFanIn | undefined;
  #run: Run | undefined;

  private constructor(context: RunContext, log: LogDriver) {
    this.#record = context.record();
    this.#fanOut = new OutputFanOut(log, { spillFolder: containerPaths(context.paths, this.#record.id).dir });
  }

  /** @throws UserError when it could not be started; nothing is left of it then */
  static async start(context: RunContext, log: LogDriver, first: Attachment | null, size: TerminalSize | undefined): Promise<LiveRun> {
    const live = new LiveRun(context, log);
    if (first) live.#fanOut.attach(first.connection, first.streams);
    live.#run = await startRun(context, size, io => live.#connect(io));
    if (first?.streams.stdin) live.#stdin?.attach(first.connection);
    return live;
  }

  get run(): Run {
    if (!this.#run) throw new Error('a run is used before it has started');
    return this.#run;
  }

  /** The log has room again. */
  resumeOutput(): void {
    this.#fanOut.resume();
  }

  attach({ connection, streams }: Attachment): void {
    this.#fanOut.attach(connection, streams);
    if (streams.stdin) this.#stdin?.attach(connection);
  }

  resize(size: TerminalSize): void {
    this.run.io.resize(size);
  }

  /** To init only, as docker does. */
  signal(signal: number): void {
    try {
      process.kill(this.run.pid, signal);
    } catch (error) {
      // It has just ended: the exit is about to be seen.
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }

  /** Waits for init's end and the last of its output; answers the exit code. */
  async ended(): Promise<number> {
    const exitCode = await this.run.exited;
    await this.#fanOut.drained(DRAIN_MS);
    return exitCode;
  }

  /** Tells every attached client, after all output. */
  announceExit(exitCode: number, error: string): void {
    for (const queue of this.#fanOut.clients) queue.send({ event: 'exited', exitCode, error });
  }

  announceRemoved(): void {
    for (const queue of this.#fanOut.clients) queue.send({ event: 'removed' });
  }

  closeClients(): void {
    for (const queue of this.#fanOut.clients) queue.end();
  }

  #connect(io: ProcessIo): void {
    this.#fanOut.addSource('stdout', io.stdout);
    if (io.stderr) this.#fanOut.addSource('stderr', io.stderr);
    if (io.stdin) this.#stdin = new StdinFanIn(io.stdin, { closeWithClient: this.#record.config.StdinOnce && !this.#record.config.Tty });
  }
}
