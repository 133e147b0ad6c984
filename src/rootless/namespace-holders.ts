import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ProcessIdentity } from '../core/container.ts';
import { errnoOf } from '../core/errors.ts';
import { identify, isAlive } from '../linux/process-identity.ts';
import type { IdMapLine, IdMaps } from './subordinate-ids.ts';

/**
 * Who lives in the user's namespace U: one file a process, named by its pid. There is no process whose job is to keep U alive, so
 * any of them serves as the door; with the last one U is gone, and the next command makes another.
 */
const folderName = 'userns';

/** A file descriptor pins the namespace: its holder may end before we have joined. */
export interface NamespaceDoor {
  readonly path: string;
  close(): void;
}

export function registerHolder(run: string, pid: number): void {
  const identity = identify(pid);
  if (identity === undefined) return;
  const folder = join(run, folderName);
  const path = join(folder, String(pid));
  const text = JSON.stringify(identity);
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

/** Opens the namespace of the first living holder whose map is the wanted one; drops the records of the dead. */
export function openDoor(run: string, maps: IdMaps): NamespaceDoor | undefined {
  for (const name of holderNames(run)) {
    const path = join(run, folderName, name);
    const identity = readHolder(path);
    if (identity === undefined || !isAlive(identity)) {
      rmSync(path, { force: true });
      continue;
    }
    const door = openNamespace(identity, maps);
    if (door) return door;
  }
  return undefined;
}

function openNamespace(identity: ProcessIdentity, maps: IdMaps): NamespaceDoor | undefined {
  const proc = `/proc/${identity.pid}`;
  try {
    const fd = openSync(`${proc}/ns/user`, 'r');
    if (hasMap(`${proc}/uid_map`, maps.uids) && hasMap(`${proc}/gid_map`, maps.gids) && isAlive(identity)) {
      return { path: `/proc/${process.pid}/fd/${fd}`, close: () => closeSync(fd) };
    }
    closeSync(fd);
  } catch {
    // It ended meanwhile, or is not ours to look into.
  }
  return undefined;
}

/** As /proc shows it to a process outside, which is what `outside` counts in. */
function hasMap(path: string, wanted: readonly IdMapLine[]): boolean {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const found = lines.map(line => line.trim().split(/\s+/).join(' '));
  return found.join('\n') === wanted.map(line => `${line.inside} ${line.outside} ${line.count}`).join('\n');
}

function holderNames(run: string): string[] {
  try {
    return readdirSync(join(run, folderName));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    const parsed = v.safeParse(ProcessIdentity, JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // Half written by a command that was killed: as good as absent.
    return undefined;
  }
}
