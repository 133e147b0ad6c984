import type { ContainerRecord } from '../core/container.ts';
import type { Paths } from '../core/paths.ts';
import type { CgroupMode, HostFacts, IdMap, OciRuntime } from '../oci/index.ts';
import type { ChildExits } from './child-exits.ts';

/** What one monitor knows for its whole life. */
export interface RunContext {
  readonly paths: Paths;
  readonly runtime: OciRuntime;
  readonly cgroup: CgroupMode;
  readonly host: HostFacts;
  readonly idMaps: { readonly uids: readonly IdMap[]; readonly gids: readonly IdMap[] };
  readonly exits: ChildExits;
  /** The record as it is now: rename and update change it. */
  record(): ContainerRecord;
}
