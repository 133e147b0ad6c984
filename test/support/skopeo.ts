import { execa } from 'execa';

export interface SkopeoPush {
  /** Layers, lowest first: paths of uncompressed tars. */
  readonly layers: readonly string[];
  readonly format: 'oci' | 'v2s2';
  readonly compression?: 'gzip' | 'zstd';
}

/** Puts an image into a registry by another program than ours; answers its manifest's digest. */
export async function pushWithSkopeo(domain: string, name: string, { layers, format, compression = 'gzip' }: SkopeoPush): Promise<string> {
  const target = `docker://${domain}/${name}`;
  const how = ['--insecure-policy', 'copy', '--quiet', '--format', format, '--dest-compress-format', compression];
  await execa('skopeo', [...how, '--dest-tls-verify=false', `tarball:${layers.join(':')}`, target]);
  const { stdout } = await execa('skopeo', ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', target]);
  return stdout.trim();
}
