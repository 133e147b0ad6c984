import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const dockerRegistry = '/usr/bin/docker-registry';

export interface RunningRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly domain: string;
}

/**
 * Debian's docker-registry on a free port of 127.0.0.1, its storage in a temporary folder; gone when disposed.
 * @param htpasswd a line of an htpasswd file (bcrypt) makes it ask for a login
 */
export async function startDockerRegistry(options: { htpasswd?: string } = {}): Promise<RunningRegistry> {
  const dir = await mkdtemp(join(tmpdir(), 'tsdocker-registry-'));
  const htpasswd = join(dir, 'htpasswd');
  if (options.htpasswd !== undefined) await writeFile(htpasswd, `${options.htpasswd}\n`);
  const config = join(dir, 'config.yml');
  await writeFile(config, registryConfig(dir, options.htpasswd === undefined ? undefined : htpasswd));
  const child = spawn(dockerRegistry, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const domain = await listeningAddress(child);
  return {
    domain,
    async [Symbol.asyncDispose]() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function registryConfig(dir: string, htpasswd: string | undefined): string {
  const lines = [
    'version: 0.1',
    'log: {level: info, formatter: json}',
    `storage: {filesystem: {rootdirectory: ${join(dir, 'data')}}, delete: {enabled: true}}`,
    'http: {addr: "127.0.0.1:0"}',
  ];
  if (htpasswd !== undefined) lines.push(`auth: {htpasswd: {realm: test, path: ${htpasswd}}}`);
  return `${lines.join('\n')}\n`;
}

/** The registry tells its port in its log. The log is read to its end, so that it never blocks on it. */
async function listeningAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('no log');
  const lines = createInterface({ input: child.stderr });
  const seen: string[] = [];
  return new Promise((resolve, reject) => {
    lines.on('line', line => {
      seen.push(line);
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`docker-registry did not start:\n${seen.join('\n')}`)));
  });
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ScriptedRegistry extends AsyncDisposable {
  readonly domain: string;
  /** What was asked, in order: `GET /v2/`. */
  readonly requests: readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
}

/**
 * A server that does what the test says, on 127.0.0.1. Over TLS when given a key and certificate.
 * `/v2/` answers 200 by itself.
 */
export async function startScriptedRegistry(
  answer: Answer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedRegistry> {
  const requests: { line: string; headers: IncomingMessage['headers'] }[] = [];
  const listener: Answer = (request, response) => {
    if (request.url === '/v2/') return void response.end('{}');
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A client that hangs up is part of many scripts; one that speaks TLS to plain HTTP gets the usual answer.
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    domain: `127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
