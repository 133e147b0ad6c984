import type { RuntimeKind } from './types.ts';

interface Flaw {
  readonly kind: RuntimeKind;
  readonly ids: string;
  /** First fixed version of each release line, oldest first; lines older than the first never got a fix. */
  readonly fixed: readonly string[];
}

const flaws: readonly Flaw[] = [
  { kind: 'runc', ids: 'CVE-2024-21626', fixed: ['1.1.12'] },
  { kind: 'runc', ids: 'CVE-2025-31133, CVE-2025-52565, CVE-2025-52881', fixed: ['1.2.8', '1.3.3', '1.4.0-rc.3'] },
];

/** Sentences for `info`: which known ways out of a container this version has. A distribution may have fixed them without a new version. */
export function runtimeWarnings(kind: RuntimeKind, version: string): string[] {
  return flaws
    .filter(flaw => flaw.kind === kind && !isFixed(version, flaw.fixed))
    .map(
      flaw =>
        `${kind} ${version} is affected by ${flaw.ids}, unless your distribution fixed it: update to ${kind} ${flaw.fixed.join(', ')} or later`,
    );
}

function isFixed(version: string, fixed: readonly string[]): boolean {
  const own = parse(version);
  const line = fixed.map(parse).find(fix => fix[0] === own[0] && fix[1] === own[1]);
  const last = parse(fixed.at(-1) ?? '0');
  return compare(own, line ?? last) >= 0;
}

/** [major, minor, patch, release candidate], where a release counts as its highest candidate. */
function parse(version: string): number[] {
  const [, major = 0, minor = 0, patch = 0, candidate = Number.POSITIVE_INFINITY] =
    /^(\d+)\.(\d+)(?:\.(\d+))?(?:-rc\.?(\d+))?/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch), Number(candidate)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
