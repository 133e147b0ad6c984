import * as v from 'valibot';

/** What a monitor is told by the command that makes it, as its only argument; everything else it reads from the container's record. */
export const MonitorSetup = v.object({
  root: v.string(),
  run: v.string(),
  config: v.string(),
  cache: v.string(),
  /** The host's cgroups, as seen from outside the monitor's own cgroup namespace. */
  cgroups: v.variant('kind', [
    v.object({ kind: v.literal('none'), version: v.picklist([1, 2]) }),
    v.object({ kind: v.literal('cgroupfs'), parent: v.string() }),
  ]),
});
export type MonitorSetup = v.InferOutput<typeof MonitorSetup>;
