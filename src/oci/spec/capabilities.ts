import { UserError } from '../../core/errors.ts';
import type { OciCapabilities } from './types.ts';

/** In the kernel's order: a name's index is its number (capability.h). */
const all =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
    .split(' ')
    .map(name => `CAP_${name}`);

const dockerDefaults = new Set(
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP'
    .split(' ')
    .map(name => `CAP_${name}`),
);

export interface CapabilityRequest {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
}

/** Docker's rule: ALL in either list replaces the default set, and what is dropped by name stays dropped. Throws for an unknown name. */
export function grantedCapabilities(request: CapabilityRequest): string[] {
  const add = new Set(request.add.map(normalize));
  const drop = new Set(request.drop.map(normalize));
  if (request.privileged) return [...all];
  return all.filter(name => {
    if (drop.has(name)) return false;
    if (add.has('ALL') || add.has(name)) return true;
    return !drop.has('ALL') && dockerDefaults.has(name);
  });
}

/** What a process of `uid` holds: another user than root keeps the bounding set only, as execve(2) leaves it. */
export function capabilitySets(granted: readonly string[], uid: number): OciCapabilities {
  const held = uid === 0 ? granted : [];
  return { bounding: granted, effective: held, permitted: held };
}

function normalize(name: string): string {
  const upper = name.toUpperCase();
  if (upper === 'ALL' || upper === 'CAP_ALL') return 'ALL';
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (!all.includes(full)) throw new UserError('invalid', 'CAPABILITY_UNKNOWN', `invalid capability: unknown capability: "${full}"`);
  return full;
}
