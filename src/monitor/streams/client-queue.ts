import type { MonitorConnection, StreamKind } from '../connection.ts';
import { encodeMessage, frameHeader, splitPayload } from '../frames.ts';
import type { Message } from '../protocol.ts';
import { SpillFile } from './spill-file.ts';

export interface QueueLimits {
  /** Folder for the file that takes what memory does not. */
  readonly spillFolder: string;
  readonly memoryBytes: number;
  readonly spillBytes: number;
}

const drainChunk = 256 * 1024;
const goodbyeMs = 10_000;

/**
 * What one client has not read yet, in order: a little in memory, then in an unlinked file, so that neither the container nor
 * another client waits for it. A client so slow that the file is full as well is told and dropped.
 */
export class ClientQueue {
  readonly #connection: MonitorConnection;
  readonly #limits: QueueLimits;
  #frames: Buffer[] = [];
  #frameBytes = 0;
  #spill: SpillFile | undefined;
  #isBlocked = false;
  #isEnding = false;

  constructor(connection: MonitorConnection, limits: QueueLimits) {
    this.#connection = connection;
    this.#limits = limits;
    connection.on('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
    connection.on('close', () => this.#discard());
  }

  push(kind: StreamKind, bytes: Buffer): void {
    if (!this.#isTaking) return;
    if (!this.#isBlocked) {
      this.#isBlocked = !this.#connection.sendBytes(kind, bytes);
      return;
    }
    for (const payload of splitPayload(bytes)) this.#enqueue([frameHeader(kind, payload.length), payload]);
  }

  /** After all that was pushed before. */
  send(message: Message): void {
    if (!this.#isTaking) return;
    const frame = encodeMessage(message);
    if (this.#isBlocked) this.#enqueue([frame]);
    else this.#isBlocked = !this.#connection.sendEncoded(frame);
  }

  /** Closes the connection once the client has read everything. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  get #isTaking(): boolean {
    return this.#connection.isOpen && !this.#isEnding;
  }

  #enqueue(parts: Buffer[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#spill === undefined && this.#frameBytes + length <= this.#limits.memoryBytes) {
      this.#frames.push(...parts);
      this.#frameBytes += length;
      return;
    }
    try {
      this.#spill ??= new SpillFile(this.#limits.spillFolder, this.#limits.spillBytes);
      this.#spill.append(parts);
    } catch (error) {
      this.#drop(error);
    }
  }

  #flush(): void {
    while (!this.#isBlocked && this.#connection.isOpen) {
      const next = this.#next();
      if (next === undefined) {
        if (this.#isEnding) this.#connection.end();
        return;
      }
      this.#isBlocked = !this.#connection.sendEncoded(next);
    }
  }

  #next(): Buffer | undefined {
    if (this.#frames.length > 0) {
      const all = Buffer.concat(this.#frames);
      this.#frames = [];
      this.#frameBytes = 0;
      return all;
    }
    try {
      const bytes = this.#spill?.read(drainChunk);
      if (bytes === undefined) this.#closeSpill();
      return bytes;
    } catch (error) {
      this.#drop(error);
      return undefined;
    }
  }

  #drop(error: unknown): void {
    this.#discard();
    this.#isEnding = true;
    this.#connection.send({
      event: 'failed',
      kind: 'external',
      code: 'CLIENT_TOO_SLOW',
      message: `this client reads slower than the container writes, and there is no room to keep its output (${String(error)})`,
    });
    this.#connection.end();
    setTimeout(() => this.#connection.destroy(), goodbyeMs).unref();
  }

  #discard(): void {
    this.#frames = [];
    this.#frameBytes = 0;
    this.#closeSpill();
  }

  #closeSpill(): void {
    this.#spill?.close();
    this.#spill = undefined;
  }
}
