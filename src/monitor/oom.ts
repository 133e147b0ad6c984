import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the kernel killed a process of this cgroup for want of memory (cgroup v2, memory.events). */
export function wasOomKilled(cgroup: string | undefined): boolean {
  if (cgroup === undefined) return false;
  try {
    return /^oom_kill [1-9]/m.test(readFileSync(join(cgroup, 'memory.events'), 'utf8'));
  } catch {
    // No memory controller here.
    return false;
  }
}
