import { invalid } from './invalid.ts';

const known = new Set(
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'
    .split(' ')
    .map(name => `CAP_${name}`),
);

/** `net_admin`, `CAP_NET_ADMIN`, `ALL`, in docker's canonical form. @throws UserError in docker's words */
export function parseCapability(kind: 'CapAdd' | 'CapDrop', text: string): string {
  const upper = text.trim().toUpperCase();
  if (upper === 'ALL') return upper;
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (!known.has(name)) throw invalid(`invalid ${kind}: unknown capability: ${JSON.stringify(name)}`);
  return name;
}
