import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** What a container has used up to now. */
export interface Usage {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly memoryUsage: number;
  readonly memoryLimit: number;
  readonly networkRx: number;
  readonly networkTx: number;
  readonly blockRead: number;
  readonly blockWrite: number;
  readonly pids: number;
}

export interface UsageSource {
  readonly init: number;
  readonly pids: readonly number[];
  /** The container's own cgroup, where it has one. */
  readonly cgroup: string | undefined;
}

/** USER_HZ: what /proc counts processor time in, 100 on every Linux architecture that node runs on (time(7)). */
const TICKS_PER_SECOND = 100;

/** From the container's cgroup where its controllers are on, else summed over its processes in /proc. */
export function readUsage({ init, pids, cgroup }: UsageSource): Usage {
  const cpu = number(read(cgroup, 'cpu.stat'), /^usage_usec (\d+)$/m);
  const memory = read(cgroup, 'memory.current');
  const limit = number(read(cgroup, 'memory.max'), /^(\d+)$/m);
  const network = networkBytes(init);
  const block = blockBytes(read(cgroup, 'io.stat'));
  return {
    atMs: performance.now(),
    cpuSeconds: cpu === undefined ? sum(pids, processSeconds) : cpu / 1e6,
    memoryUsage:
      memory === undefined
        ? sum(pids, residentBytes)
        : Number(memory) - (number(read(cgroup, 'memory.stat'), /^inactive_file (\d+)$/m) ?? 0),
    memoryLimit: Math.min(limit ?? Number.POSITIVE_INFINITY, totalmem()),
    ...network,
    ...block,
    pids: pids.length,
  };
}

/** Of one processor, as docker: two busy ones are 200. */
export function cpuPercent(before: Usage | undefined, now: Usage): number {
  if (!before) return 0;
  const seconds = (now.atMs - before.atMs) / 1000;
  return seconds <= 0 ? 0 : (Math.max(0, now.cpuSeconds - before.cpuSeconds) / seconds) * 100;
}

function processSeconds(pid: number): number {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

function residentBytes(pid: number): number {
  return (number(readText(`/proc/${pid}/status`), /^RssAnon:\s+(\d+) kB$/m) ?? 0) * 1024;
}

/** Of all interfaces but the loopback (/proc/<pid>/net/dev: bytes are the first and the ninth figure). */
function networkBytes(init: number): { networkRx: number; networkTx: number } {
  const rows = readText(`/proc/${init}/net/dev`)
    .split('\n')
    .slice(2)
    .filter(row => row.includes(':') && !row.trim().startsWith('lo:'));
  const figures = rows.map(row =>
    row
      .slice(row.indexOf(':') + 1)
      .trim()
      .split(/\s+/)
      .map(Number),
  );
  return { networkRx: sum(figures, row => row[0] ?? 0), networkTx: sum(figures, row => row[8] ?? 0) };
}

function blockBytes(stat: string | undefined): { blockRead: number; blockWrite: number } {
  const total = (name: string) => sum([...(stat ?? '').matchAll(new RegExp(`${name}=(\\d+)`, 'g'))], match => Number(match[1]));
  return { blockRead: total('rbytes'), blockWrite: total('wbytes') };
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}

function number(text: string | undefined, pattern: RegExp): number | undefined {
  const found = text === undefined ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function read(cgroup: string | undefined, file: string): string | undefined {
  return cgroup === undefined ? undefined : readText(join(cgroup, file)) || undefined;
}

/** Empty for what is not there: a process that ended, a controller that is off. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
