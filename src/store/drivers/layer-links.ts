import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Short names for layers, as docker's `l/` folder: overlayfs takes all its options in one page, which 40 full paths fill. Links `0`, `1`, …
 * from the highest layer down; answers the folder they lie in and their names.
 */
export function linkLayers(storage: string, layers: readonly string[]): { folder: string; names: string[] } {
  const folder = join(storage, 'l');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const names = layers.toReversed().map((layer, index) => {
    link(join(folder, String(index)), relative(folder, layer));
    return String(index);
  });
  return { folder, names };
}

function link(path: string, target: string): void {
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    // Not there yet.
  }
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
