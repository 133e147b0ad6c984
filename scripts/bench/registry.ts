import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

export interface LocalRegistry {
  /** Puts a root file system there as an image of one gzip layer; answers its full name. */
  push(tar: string, name: string): Promise<string>;
  close(): void;
}

/** Debian's docker-registry on 127.0.0.1, with its data in `folder`. */
export async function openRegistry(folder: string): Promise<LocalRegistry> {
  const port = await freePort();
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(folder, 'data')}}}\nhttp: {addr: '127.0.0.1:${port}'}\n`,
  );
  const server = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  await listening(port);
  return {
    push: async (tar, name) => {
      const image = `127.0.0.1:${port}/${name}:latest`;
      const layout = join(folder, 'layout');
      mkdirSync(layout);
      await writeLayout(tar, layout);
      await execa('skopeo', ['copy', '--quiet', '--dest-tls-verify=false', `oci:${layout}`, `docker://${image}`]);
      return image;
    },
    close: () => void server.kill(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const answered = await new Promise<boolean>(resolve => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (answered) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`docker-registry does not answer on port ${port}`);
}

/** An OCI image layout: one layer, its config, manifest and index. */
async function writeLayout(tar: string, layout: string): Promise<void> {
  const blobs = join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const layer = join(layout, 'layer');
  await execa('sh', ['-c', 'gzip -1 < "$0" > "$1"', tar, layer]);
  const digestOf = async (path: string): Promise<string> => (await execa('sha256sum', [path])).stdout.slice(0, 64);
  const keep = async (path: string): Promise<{ digest: string; size: number }> => {
    const digest = await digestOf(path);
    await execa('mv', [path, join(blobs, digest)]);
    return { digest: `sha256:${digest}`, size: Number((await execa('stat', ['-c', '%s', join(blobs, digest)])).stdout) };
  };
  const keepJson = async (value: object): Promise<{ digest: string; size: number }> => {
    const path = join(layout, 'json');
    writeFileSync(path, JSON.stringify(value));
    return await keep(path);
  };
  const type = (kind: string): string => `application/vnd.oci.image.${kind}`;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = await keepJson({
    architecture,
    os: 'linux',
    config: { Cmd: ['bash'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${await digestOf(tar)}`] },
  });
  const manifest = await keepJson({
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: { mediaType: type('config.v1+json'), ...config },
    layers: [{ mediaType: type('layer.v1.tar+gzip'), ...(await keep(layer)) }],
  });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: type('manifest.v1+json'), ...manifest }] }),
  );
}
