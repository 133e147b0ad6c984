import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../core/container.ts';
import { errnoOf } from '../core/errors.ts';

let bootIdOnce: string | undefined;

/** Changes with every boot. */
export function bootId(): string {
  bootIdOnce ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootIdOnce;
}

/** undefined when there is no such process, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: bootId() };
}

/** Whether that very process, not a later one with its pid, is still there. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && startTimeOf(identity.pid) === identity.startTime;
}

/** Field 22 of /proc/<pid>/stat; fields are counted after the last `)`, since a process may name itself anything (proc(5)). */
function startTimeOf(pid: number): number | undefined {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const gone = fields[0] === 'Z' || fields[0] === 'X';
  return gone ? undefined : Number(fields[19]);
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
