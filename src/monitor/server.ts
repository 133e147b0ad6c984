import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { type MonitorConnection, monitorConnection } from './connection.ts';
import { greet, type Serving, serve } from './requests.ts';
import { shortSocketPath } from './socket-path.ts';

/** The socket at which a running container's monitor is reached. */
export class MonitorServer {
  readonly #serving: Serving;
  readonly #path: string;
  readonly #open = new Set<MonitorConnection>();
  #server: Server | undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(serving: Serving, path: string) {
    this.#serving = serving;
    this.#path = path;
  }

  /** Listens, anew when the runtime folder was wiped under a running container (a log-out does that). */
  listen(): Promise<void> {
    this.#listening = this.#listening.catch(() => {}).then(() => this.#listenAnew());
    return this.#listening;
  }

  async #listenAnew(): Promise<void> {
    this.#server?.close();
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    rmSync(this.#path, { force: true });
    const server = createServer(socket => {
      const connection = monitorConnection(socket);
      this.#open.add(connection);
      connection.on('close', () => this.#open.delete(connection));
      greet(connection, () => serve(this.#serving, connection));
    });
    this.#server = server;
    const before = process.umask(0o177);
    const { path, release } = shortSocketPath(this.#path);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
    } finally {
      release();
      process.umask(before);
    }
  }

  /** No new clients; those that are there get what is on its way to them. */
  close(): void {
    this.#server?.close();
    rmSync(this.#path, { force: true });
  }

  /** Resolves when the last client has left. */
  async drained(): Promise<void> {
    await Promise.all([...this.#open].map(connection => new Promise<void>(resolve => connection.on('close', () => resolve()))));
  }
}
