import type { OciSeccompArg, OciSeccompRule } from './types.ts';

/** A rule for all, or for those that hold (`withCapability`) or lack (`withoutCapability`) a capability, or run on an architecture. */
export interface ConditionalRule extends OciSeccompRule {
  readonly withCapability?: string;
  readonly withoutCapability?: string;
  readonly arches?: readonly string[];
}

const allow = 'SCMP_ACT_ALLOW';
const AF_VSOCK = 40;
const ENOSYS = 38;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const namespaceFlags = 0x7e020000;
/** PER_LINUX, PER_LINUX32, each with UNAME26, and the query. */
const harmlessPersonalities = [0, 8, 0x20000, 0x20008, 0xffffffff];

const gated: Readonly<Record<string, string>> = {
  CAP_BPF: 'bpf',
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_PERFMON: 'perf_event_open',
  CAP_SYSLOG: 'syslog',
  CAP_SYS_ADMIN:
    'bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare',
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module finit_module init_module',
  CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise',
  CAP_SYS_RAWIO: 'ioperm iopl',
  CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
};

export const conditionalRules: readonly ConditionalRule[] = [
  // Safe since Linux 4.8, where a tracer can no longer step around the filter; the engine needs a newer kernel anyway.
  { names: ['process_vm_readv', 'process_vm_writev', 'ptrace'], action: allow },
  { names: ['socket'], action: allow, args: [compare(0, AF_VSOCK, 'SCMP_CMP_NE')] },
  ...harmlessPersonalities.map(value => ({ names: ['personality'], action: allow, args: [compare(0, value, 'SCMP_CMP_EQ')] })),
  { names: ['arch_prctl', 'modify_ldt'], action: allow, arches: ['x64'] },
  {
    names: ['arm_fadvise64_64', 'arm_sync_file_range', 'sync_file_range2', 'breakpoint', 'cacheflush', 'set_tls'],
    action: allow,
    arches: ['arm64'],
  },
  ...Object.entries(gated).map(([withCapability, names]) => ({ names: names.split(' '), action: allow, withCapability })),
  {
    names: ['clone'],
    action: allow,
    // A masked comparison: value is the mask, valueTwo what must be left of it.
    args: [{ ...compare(0, namespaceFlags, 'SCMP_CMP_MASKED_EQ'), valueTwo: 0 }],
    withoutCapability: 'CAP_SYS_ADMIN',
  },
  // Its flags are behind a pointer that a filter can't follow; with ENOSYS the C library falls back to clone.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, withoutCapability: 'CAP_SYS_ADMIN' },
];

function compare(index: number, value: number, op: string): OciSeccompArg {
  return { index, value, op };
}
