import type { Readable } from 'node:stream';
import type { MonitorConnection } from '../connection.ts';
import type { LogDriver, OutputName } from '../logs/index.ts';
import { FrameKind } from '../protocol.ts';
import { ClientQueue, type QueueLimits } from './client-queue.ts';

export interface OutputClient {
  readonly queue: ClientQueue;
  /** Gives it no more output. */
  detach(): void;
}

const defaults = { memoryBytes: 1024 * 1024, spillBytes: 4 * 1024 ** 3 };

/**
 * Reads a process's output once and gives every read to its log and to each attached client. Only the log ever holds the process
 * back; pass its `onDrain` on to {@link resume}.
 */
export class OutputFanOut {
  readonly #log: LogDriver;
  readonly #limits: QueueLimits;
  readonly #sources = new Map<OutputName, Readable>();
  readonly #clients = new Set<{ queue: ClientQueue; wants: Record<OutputName, boolean> }>();
  #onEnd: (() => void) | undefined;

  constructor(log: LogDriver, limits: Pick<QueueLimits, 'spillFolder'> & Partial<QueueLimits>) {
    this.#log = log;
    this.#limits = { ...defaults, ...limits };
  }

  /** For a terminal, add the one stream as stdout. */
  addSource(name: OutputName, source: Readable): void {
    this.#sources.set(name, source);
    source.on('data', (chunk: Buffer) => this.#spread(name, chunk));
    // Reading a terminal whose last process has gone is EIO: an end like any other.
    source.on('error', () => source.destroy());
    source.on('close', () => {
      this.#sources.delete(name);
      this.#log.end(name);
      if (this.#sources.size === 0) this.#onEnd?.();
    });
  }

  /** From now on this client gets output. What its queue is given after that comes after it. */
  attach(connection: MonitorConnection, wants: { stdout: boolean; stderr: boolean }): OutputClient {
    const client = { queue: new ClientQueue(connection, this.#limits), wants };
    const detach = () => void this.#clients.delete(client);
    this.#clients.add(client);
    connection.on('close', detach);
    return { queue: client.queue, detach };
  }

  get clients(): readonly ClientQueue[] {
    return [...this.#clients].map(({ queue }) => queue);
  }

  /** The log has room again. */
  resume(): void {
    for (const source of this.#sources.values()) source.resume();
  }

  /**
   * Resolves when every source is at its end. To be called when the process has ended: one that left another process behind
   * with its output open is read for `graceMs` longer and then cut off.
   */
  async drained(graceMs: number): Promise<void> {
    if (this.#sources.size === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => {
        for (const source of this.#sources.values()) source.destroy();
      }, graceMs);
      this.#onEnd = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #spread(name: OutputName, chunk: Buffer): void {
    const kind = name === 'stderr' ? FrameKind.stderr : FrameKind.stdout;
    for (const { queue, wants } of this.#clients) if (wants[name]) queue.push(kind, chunk);
    if (this.#log.write(name, chunk)) return;
    for (const source of this.#sources.values()) source.pause();
  }
}
