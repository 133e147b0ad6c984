import type { Ulimit } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import type { OciRlimit } from './types.ts';

const known = new Set('core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '));
/** Stands for RLIM_INFINITY until specText writes it. */
export const unlimited = Number.MAX_SAFE_INTEGER;

/** `hardLimits`: the caller's own, -1 for unlimited; only a process with CAP_SYS_RESOURCE on the host could exceed them. */
export function rlimits(ulimits: readonly Ulimit[], hardLimits: Readonly<Record<string, number>>): OciRlimit[] {
  return ulimits.map(ulimit => {
    checkName(ulimit.Name);
    checkReach(ulimit, hardLimits[ulimit.Name]);
    return { type: `RLIMIT_${ulimit.Name.toUpperCase()}`, soft: amount(ulimit.Soft), hard: amount(ulimit.Hard) };
  });
}

function amount(value: number): number {
  return value < 0 ? unlimited : value;
}

function checkName(name: string): void {
  if (!known.has(name)) throw new UserError('invalid', 'ULIMIT_UNKNOWN', `invalid ulimit type: ${name}`);
}

function checkReach(ulimit: Ulimit, hardLimit: number | undefined): void {
  if (amount(ulimit.Soft) > amount(ulimit.Hard))
    throw new UserError(
      'invalid',
      'ULIMIT_INVALID',
      `ulimit soft limit must be less than or equal to hard limit: ${ulimit.Soft} > ${ulimit.Hard}`,
    );
  if (hardLimit === undefined || hardLimit < 0 || amount(ulimit.Hard) <= hardLimit) return;
  throw new UserError('unsupported', 'ULIMIT_TOO_HIGH', `ulimit ${ulimit.Name}=${ulimit.Hard} is above your own hard limit, ${hardLimit}`, {
    hint: `raise it for your user in /etc/security/limits.conf, or use --ulimit ${ulimit.Name}=${hardLimit}`,
  });
}
