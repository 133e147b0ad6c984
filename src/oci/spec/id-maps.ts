import type { IdMap } from './input.ts';
import type { OciIdMapping } from './types.ts';

/**
 * The identity map of a child of U. The kernel wants every line of a child's map inside one line of its parent's
 * (user_namespaces(7)), so the map is split where U's own is.
 */
export function identityMap(parent: readonly IdMap[]): OciIdMapping[] {
  return parent.map(line => ({ containerID: line.containerId, hostID: line.containerId, size: line.size }));
}
