import { readFileSync } from 'node:fs';

/** Which ids files may belong to in this process's user namespace. */
export interface MappedIds {
  readonly singleId: boolean;
  hasUid(id: number): boolean;
  hasGid(id: number): boolean;
}

/** Reads /proc: to be called before this process changes its root. */
export function readMappedIds(singleId: boolean): MappedIds {
  return { singleId, hasUid: membership('/proc/self/uid_map'), hasGid: membership('/proc/self/gid_map') };
}

/** user_namespaces(7): each line is the first id inside, the first outside, and how many. */
function membership(path: string): (id: number) => boolean {
  const ranges = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .map(([inside = 0, , count = 0]) => ({ first: inside, end: inside + count }));
  return id => ranges.some(({ first, end }) => id >= first && id < end);
}
