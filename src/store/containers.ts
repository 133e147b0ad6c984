import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerRecord, ContainerState } from '../core/container.ts';
import { errnoOf, UserError } from '../core/errors.ts';
import { containerPaths, type Paths } from '../core/paths.ts';
import { explainSystemError } from '../core/system-failure.ts';
import { withLock } from './locks.ts';
import { readRecord, writeRecord } from './records.ts';

/**
 * `containers/<id>/` is one container; `names/<name>` is a link to its id, so that a name is looked up without reading every record and is
 * given once. Both change under `names.lock`. A container appears and disappears by one rename: names that begin with a dot are
 * unfinished or condemned, and whoever meets them may remove them.
 */
const idPattern = /^[0-9a-f]{64}$/;

export function containerIds(paths: Paths): string[] {
  try {
    return readdirSync(join(paths.root, 'containers')).filter(name => idPattern.test(name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

export function containerByName(paths: Paths, name: string): string | undefined {
  // A name is user input; only what create would accept can be a link's name.
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return undefined;
  try {
    return readlinkSync(join(paths.root, 'names', name));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

export function readContainer(paths: Paths, id: string): ContainerRecord {
  return readRecord(containerPaths(paths, id).config, ContainerRecord);
}

export function readState(paths: Paths, id: string): ContainerState {
  return readRecord(containerPaths(paths, id).state, ContainerState);
}

/** A container that goes with its process needs no state that outlives a power cut: the fsync is left out. */
export function writeState(paths: Paths, record: ContainerRecord, state: ContainerState): void {
  writeRecord(containerPaths(paths, record.id).state, state, { durable: !record.hostConfig.AutoRemove });
}

export function writeContainer(paths: Paths, record: ContainerRecord): void {
  writeRecord(containerPaths(paths, record.id).config, record, { durable: !record.hostConfig.AutoRemove });
}

/**
 * Adds a container whole or not at all. `chooseName` is called under the lock with a test for taken names.
 * @throws UserError `NAME_IN_USE` in docker's words, `DISK_FULL`, `SYSTEM_REFUSED`
 */
export async function addContainer(
  paths: Paths,
  state: ContainerState,
  make: (isTaken: (name: string) => boolean) => ContainerRecord,
): Promise<ContainerRecord> {
  return await withLock(join(paths.root, 'names.lock'), () => {
    const record = make(name => holderOf(paths, name) !== undefined);
    claimable(paths, record.name, record.id);
    const files = containerPaths(paths, record.id);
    const staged = join(paths.root, 'containers', `.new-${record.id}`);
    try {
      for (const folder of [join(paths.root, 'names'), staged]) mkdirSync(folder, { recursive: true, mode: 0o700 });
      const durable = !record.hostConfig.AutoRemove;
      writeRecord(join(staged, 'state.json'), state, { durable });
      writeRecord(join(staged, 'config.json'), record, { durable });
      link(paths, record.name, record.id);
      renameSync(staged, files.dir);
    } catch (error) {
      rmSync(staged, { recursive: true, force: true });
      unlink(paths, record.name, record.id);
      throw explainSystemError(error, staged);
    }
    return record;
  });
}

/** @throws UserError `NAME_IN_USE` */
export async function renameContainer(paths: Paths, id: string, name: string): Promise<ContainerRecord> {
  return await withLock(join(paths.root, 'names.lock'), () => {
    const record = readContainer(paths, id);
    if (record.name === name) {
      throw new UserError('invalid', 'SAME_NAME', 'Renaming a container with the same name as its current name');
    }
    claimable(paths, name, id);
    link(paths, name, id);
    const renamed = { ...record, name };
    writeContainer(paths, renamed);
    unlink(paths, record.name, id);
    return renamed;
  });
}

/**
 * Makes the container vanish for every other command, at once; answers the folder that is left to be removed (its files may belong to
 * subordinate ids, which takes a process in U). Without a name, because the record can't be read, all that lead to it are freed.
 */
export async function condemnContainer(paths: Paths, id: string, name: string | undefined): Promise<string> {
  const condemned = join(paths.root, 'containers', `.gone-${id}`);
  await withLock(join(paths.root, 'names.lock'), () => {
    // In this order: a link that is left without its container counts for nothing, a container without its name would be half lost.
    renameSync(containerPaths(paths, id).dir, condemned);
    for (const known of name === undefined ? namesOf(paths, id) : [name]) unlink(paths, known, id);
  });
  return condemned;
}

function namesOf(paths: Paths, id: string): string[] {
  return readdirSync(join(paths.root, 'names')).filter(name => containerByName(paths, name) === id);
}

/** Folders of containers whose creation or removal was cut off. Those of a creation that is under way are not among them. */
export async function leftovers(paths: Paths): Promise<string[]> {
  const folder = join(paths.root, 'containers');
  return await withLock(join(paths.root, 'names.lock'), () => {
    try {
      return readdirSync(folder)
        .filter(name => name.startsWith('.'))
        .map(name => join(folder, name));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/** A link whose container is not there belongs to a creation that was cut off, and counts for nothing. */
function holderOf(paths: Paths, name: string): string | undefined {
  const id = containerByName(paths, name);
  return id !== undefined && existsSync(containerPaths(paths, id).config) ? id : undefined;
}

function claimable(paths: Paths, name: string, id: string): void {
  const holder = holderOf(paths, name);
  if (holder === undefined || holder === id) return;
  throw new UserError(
    'conflict',
    'NAME_IN_USE',
    `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
    { hint: `tsdocker rm ${name}` },
  );
}

function link(paths: Paths, name: string, id: string): void {
  const staged = join(paths.root, 'names', `.${id}`);
  rmSync(staged, { force: true });
  symlinkSync(id, staged);
  renameSync(staged, join(paths.root, 'names', name));
}

function unlink(paths: Paths, name: string, id: string): void {
  if (containerByName(paths, name) === id) rmSync(join(paths.root, 'names', name), { force: true });
}
