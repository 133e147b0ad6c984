import { invalidEntry } from './failure.ts';

/**
 * The components of an archive's name as docker understands it (Go's path.Clean): from the layer's root, `.` and repeated slashes dropped,
 * `..` taken lexically. Empty for the root itself. @throws UserError `LAYER_INVALID` for one that leads out of the layer
 */
export function componentsOf(name: string, entryName: string): string[] {
  if (name.includes('\0')) throw invalidEntry(entryName, 'has a NUL byte in its name');
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined && !name.startsWith('/')) throw invalidEntry(entryName, 'leads out of the layer');
  }
  return parts;
}
