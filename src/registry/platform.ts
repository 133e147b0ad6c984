import { UserError } from '../core/errors.ts';
import type { Index, Platform } from '../core/oci-image.ts';

type Entry = Index['manifests'][number];

/** Node's names of processors in Go's, which images use. */
const nodeArchitectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  arm: 'arm/v7',
  ppc64: 'ppc64le',
};
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  i386: '386',
  i686: '386',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armel: 'arm/v6',
};

const operatingSystems = ['linux', 'windows', 'darwin', 'freebsd'];

/** The platform of this machine, from node's `process.arch`. */
export function hostPlatform(arch: string): Platform {
  return parsePlatform(`linux/${nodeArchitectures[arch] ?? arch}`, '');
}

/**
 * `os[/arch[/variant]]`, or an architecture alone, with the usual other names (`x86_64`, `aarch64`).
 * @param hostArch architecture where only an os is given
 * @throws UserError `INVALID_PLATFORM`
 */
export function parsePlatform(text: string, hostArch: string): Platform {
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || parts.some(part => !/^[a-z0-9_.-]+$/.test(part)))
    throw new UserError('invalid', 'INVALID_PLATFORM', `invalid platform ${JSON.stringify(text)}: expected os[/arch[/variant]]`);
  const [first = '', second, third] = parts;
  if (second === undefined)
    return operatingSystems.includes(first) ? parsePlatform(`${first}/${hostArch}`, hostArch) : parsePlatform(`linux/${first}`, hostArch);
  const [architecture = second, impliedVariant] = (aliases[second] ?? second).split('/');
  return normalize({
    os: first,
    architecture,
    ...((third ?? impliedVariant) && { variant: third ?? impliedVariant }),
  });
}

/**
 * The manifest for `wanted`: the exact variant, else the nearest lower one the processor also runs, else one that names no platform.
 * @throws UserError `PLATFORM_NOT_FOUND` naming what there is
 */
export function selectManifest(index: Index, wanted: Platform): Entry {
  for (const runnable of runnableOn(wanted)) {
    const match = index.manifests.find(({ platform }) => platform !== undefined && isSame(normalize(platform), runnable));
    if (match !== undefined) return match;
  }
  const unnamed = index.manifests.find(({ platform }) => platform === undefined);
  if (unnamed !== undefined) return unnamed;
  throw new UserError(
    'not-found',
    'PLATFORM_NOT_FOUND',
    `no matching manifest for ${formatPlatform(wanted)} in the manifest list entries; available: ${available(index)}`,
  );
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** Whether an image for `actual` serves a wish for `wanted`. */
export function satisfies(actual: Platform, wanted: Platform): boolean {
  const normal = normalize(actual);
  return runnableOn(normalize(wanted)).some(runnable => isSame(normal, runnable));
}

/** What a processor runs, best first, as containerd orders it. */
function runnableOn(platform: Platform): readonly Platform[] {
  const { os, architecture, variant } = platform;
  const arm = (highest: number): Platform[] =>
    [8, 7, 6, 5].filter(version => version <= highest).map(version => ({ os, architecture: 'arm', variant: `v${version}` }));
  if (architecture === 'arm') return arm(Number(variant?.slice(1)));
  if (architecture === 'arm64' && variant === undefined) return [platform, ...arm(8)];
  if (architecture !== 'amd64') return [platform];
  const level = Number(variant?.slice(1) ?? 1);
  const lower = [4, 3, 2].filter(version => version <= level).map(version => ({ os, architecture, variant: `v${version}` }));
  return [...lower, { os, architecture }, { os, architecture: '386' }];
}

/** Leaves out variants that say nothing (`arm64/v8`, `amd64/v1`) and fills in the one that docker means by `arm`. */
function normalize(platform: Platform): Platform {
  const { os, architecture, variant } = platform;
  if (architecture === 'arm') return { os, architecture, variant: variant || 'v7' };
  const silent =
    !variant || (architecture === 'arm64' && (variant === 'v8' || variant === '8')) || (architecture === 'amd64' && variant === 'v1');
  return silent ? { os, architecture } : { os, architecture, variant };
}

function isSame(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture && a.variant === b.variant;
}

const maxListed = 20;

/** Without attestations, which buildx files under `unknown/unknown`. */
function available(index: Index): string {
  const names = index.manifests
    .flatMap(({ platform }) => (platform ? [formatPlatform(platform)] : []))
    .filter(name => !name.startsWith('unknown/'))
    .map(name => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60));
  if (names.length === 0) return 'none';
  const more = names.length - maxListed;
  return [...new Set(names)].slice(0, maxListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
