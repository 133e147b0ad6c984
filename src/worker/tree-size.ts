import { lstatSync, readdirSync } from 'node:fs';
import { errnoOf } from '../core/errors.ts';

/** Bytes of all that is in a folder, as docker counts: folders themselves as nothing, a file with several names once. */
export function measureTree(path: string): { size: number } {
  const linked = new Set<string>();
  let size = 0;
  for (const folders: Buffer[] = [Buffer.from(path)]; ; ) {
    const folder = folders.pop();
    if (!folder) return { size };
    for (const entry of entriesOf(folder)) {
      const stat = lstatSync(entry, { throwIfNoEntry: false });
      if (stat?.isDirectory()) folders.push(entry);
      else if (stat && (stat.nlink === 1 || isFirst(linked, `${stat.dev}:${stat.ino}`))) size += stat.size;
    }
  }
}

function isFirst(seen: Set<string>, key: string): boolean {
  return seen.size !== seen.add(key).size;
}

/** A container may remove folders while they are measured. */
function entriesOf(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map(name => Buffer.concat([folder, Buffer.from('/'), name]));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
