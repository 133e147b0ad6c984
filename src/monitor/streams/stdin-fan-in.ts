import type { Writable } from 'node:stream';
import { type MonitorConnection, ProtocolError } from '../connection.ts';
import { FrameKind, STDIN_WINDOW } from '../protocol.ts';

/** Leave for more is given in steps of this, not for every read. */
const grantStep = STDIN_WINDOW / 4;

/** Writes what attached clients send into a process's standard input, each as fast as the process reads. */
export class StdinFanIn {
  readonly #input: Writable;
  readonly #closeWithClient: boolean;
  #isOpen = true;

  /** `closeWithClient`: the input ends with the first client that ends it or leaves (StdinOnce without a terminal, and exec). */
  constructor(input: Writable, options: { closeWithClient: boolean }) {
    this.#input = input;
    this.#closeWithClient = options.closeWithClient;
    // The process closed its end, which is its right: the rest is dropped.
    input.on('error', () => this.#close());
    input.on('close', () => this.#close());
  }

  attach(connection: MonitorConnection): void {
    let waiting = 0;
    let consumed = 0;
    const onConsumed = (length: number) => {
      waiting -= length;
      consumed += length;
      if (consumed < grantStep) return;
      connection.send({ event: 'window', bytes: consumed });
      consumed = 0;
    };
    connection.on('bytes', (kind, payload) => {
      if (kind !== FrameKind.stdin) return;
      waiting += payload.length;
      if (waiting + consumed > STDIN_WINDOW) connection.destroy(new ProtocolError('more stdin than it had leave for'));
      else if (this.#isOpen) this.#input.write(payload, () => onConsumed(payload.length));
      else onConsumed(payload.length);
    });
    const onClientEnd = () => {
      if (this.#closeWithClient) this.end();
    };
    connection.on('stdinEnd', onClientEnd);
    connection.on('close', onClientEnd);
  }

  /** After everything received so far. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input.end();
  }

  #close(): void {
    this.#isOpen = false;
    this.#input.destroy();
  }
}
