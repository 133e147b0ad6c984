import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Digest } from '../../src/core/digest.ts';
import { mediaTypes } from '../../src/core/oci-image.ts';
import type { Answer } from './registry.ts';

export interface TestBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface TestImage {
  /** Layers and config. */
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  readonly layers: readonly TestBlob[];
  readonly diffIds: readonly Digest[];
  readonly config: TestBlob;
  readonly manifest: Buffer;
  readonly manifestType: string;
  readonly manifestDigest: Digest;
}

type Compression = 'gzip' | 'zstd' | 'none';

export function sha256(bytes: Buffer | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A whole image, made from its layers' files. Overrides make it lie. */
export async function makeImage(options: {
  layers?: readonly { files: Readonly<Record<string, string | Buffer>>; compression?: Compression }[];
  format?: 'oci' | 'docker';
  architecture?: string;
  config?: object;
  manifest?: (honest: Record<string, unknown>) => object;
}): Promise<TestImage> {
  const docker = options.format === 'docker';
  const blobs = new Map<Digest, Buffer>();
  const keep = (bytes: Buffer, mediaType: string): TestBlob => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layers: TestBlob[] = [];
  const diffIds: Digest[] = [];
  for (const { files, compression = 'gzip' } of options.layers ?? [{ files: { 'etc/name': 'one' } }]) {
    const tar = await tarOf(files);
    diffIds.push(sha256(tar));
    layers.push(keep(compress(tar, compression), docker ? mediaTypes.dockerLayerGzip : layerType(compression)));
  }
  const configBytes = Buffer.from(
    JSON.stringify({
      architecture: options.architecture ?? 'amd64',
      os: 'linux',
      created: '2026-01-02T03:04:05Z',
      config: { Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...options.config,
    }),
  );
  const config = keep(configBytes, docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig);
  const manifestType = docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const honest = { schemaVersion: 2, mediaType: manifestType, config, layers };
  const manifest = Buffer.from(JSON.stringify(options.manifest?.(honest) ?? honest));
  return { blobs, layers, diffIds, config, manifest, manifestType, manifestDigest: sha256(manifest) };
}

function compress(tar: Buffer, compression: Compression): Buffer {
  if (compression === 'gzip') return gzipSync(tar);
  return compression === 'zstd' ? zstdCompressSync(tar) : tar;
}

function layerType(compression: Compression): string {
  if (compression === 'gzip') return mediaTypes.ociLayerGzip;
  return compression === 'zstd' ? mediaTypes.ociLayerZstd : mediaTypes.ociLayer;
}

/** An honest registry of one image under any name and tag; `before` may take a request over by answering true. */
export function serveImage(image: TestImage, before: (...exchange: Parameters<Answer>) => boolean = () => false): Answer {
  return (request, response) => {
    if (before(request, response)) return;
    const url = request.url ?? '';
    if (url.includes('/manifests/')) {
      response.writeHead(200, { 'Content-Type': image.manifestType }).end(image.manifest);
      return;
    }
    const bytes = [...image.blobs].find(([digest]) => url.endsWith(`/blobs/${digest}`))?.[1];
    if (bytes === undefined) response.writeHead(404).end();
    else serveRange(bytes, request.headers.range, response);
  };
}

function serveRange(bytes: Buffer, range: string | undefined, response: Parameters<Answer>[1]): void {
  const start = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
  const part = bytes.subarray(Number(start ?? 0));
  const headers = start === undefined ? {} : { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start === undefined ? 200 : 206, { ...headers, 'Content-Length': part.length }).end(part);
}

/** Pushes by plain PUTs, as the distribution-spec says (monolithic uploads). */
export async function pushImage(domain: string, name: string, tag: string, image: TestImage): Promise<void> {
  for (const [digest, bytes] of image.blobs) {
    const started = await expectStatus(202, `http://${domain}/v2/${name}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(started.headers.get('location') ?? '', `http://${domain}`);
    location.searchParams.set('digest', digest);
    const headers = { 'Content-Type': 'application/octet-stream' };
    await expectStatus(201, location.href, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  }
  await pushManifest(domain, name, tag, image.manifest, image.manifestType);
}

export async function pushManifest(domain: string, name: string, tag: string, manifest: Buffer, mediaType: string): Promise<void> {
  await expectStatus(201, `http://${domain}/v2/${name}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': mediaType },
    body: new Uint8Array(manifest),
  });
}

async function expectStatus(status: number, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status !== status) throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}
