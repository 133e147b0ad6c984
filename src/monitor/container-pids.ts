import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The host's pids of all processes in the pid namespace of `init`, those that `exec` brought in included. Reading another id's namespace
 * links needs the capabilities that a monitor has in U.
 */
export function pidsInNamespaceOf(init: number): number[] {
  const wanted = namespaceOf(init);
  if (wanted === undefined) return [];
  return allPids().filter(pid => namespaceOf(pid) === wanted);
}

/** For a container in the host's pid namespace: its init and what descends from it. */
export function descendantsOf(init: number): number[] {
  const children = Map.groupBy(allPids(), parentOf);
  const found: number[] = [];
  const queue = [init];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    found.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // Ended meanwhile, or another user's.
    return undefined;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
