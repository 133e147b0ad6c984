import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two ends of one unix socket connection: client, server. */
export async function socketPair(): Promise<[Socket, Socket]> {
  const folder = mkdtempSync(join(tmpdir(), 'pair-'));
  const server = createServer().listen(join(folder, 's'));
  await once(server, 'listening');
  const accepted: Promise<Socket[]> = once(server, 'connection');
  const client = createConnection({ path: join(folder, 's') });
  const [other] = await accepted;
  server.close();
  rmSync(folder, { recursive: true });
  if (other === undefined) throw new Error('no connection came');
  return [client, other];
}
