import * as v from 'valibot';
import type { Containers } from '../../../engine/types.ts';

const HostPort = v.object({ HostIp: v.string(), HostPort: v.string() });

/** The part of docker's inspect document that commands of ours need. */
const ContainerFacts = v.object({
  Id: v.string(),
  Config: v.object({ Tty: v.boolean(), OpenStdin: v.boolean() }),
  State: v.object({ Running: v.boolean(), Paused: v.boolean(), Restarting: v.boolean() }),
  NetworkSettings: v.object({ Ports: v.nullish(v.record(v.string(), v.nullable(v.array(HostPort)))) }),
});
export type ContainerFacts = v.InferOutput<typeof ContainerFacts>;

export async function containerFacts(containers: Containers, ref: string): Promise<ContainerFacts> {
  return v.parse(ContainerFacts, await containers.inspect(ref, { size: false }));
}
