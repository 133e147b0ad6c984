import type { ContainerRecord } from '../core/container.ts';
import { UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import { isAlive } from '../linux/process-identity.ts';
import type { JoinedNamespaces } from '../oci/index.ts';
import { readState } from '../store/index.ts';

/** The namespaces of other containers that this one shares (`--pid container:x` and its like; create has put the id in place of the name). */
export function joinedNamespaces(paths: Paths, { hostConfig }: ContainerRecord): JoinedNamespaces {
  const pid = initOf(paths, hostConfig.PidMode);
  const ipc = initOf(paths, hostConfig.IpcMode);
  const network = initOf(paths, hostConfig.NetworkMode);
  const owner = pid ?? ipc ?? network;
  return {
    ...(pid === undefined ? {} : { pid: `/proc/${pid}/ns/pid` }),
    ...(ipc === undefined ? {} : { ipc: `/proc/${ipc}/ns/ipc` }),
    ...(network === undefined ? {} : { network: `/proc/${network}/ns/net` }),
    ...(owner === undefined ? {} : { user: `/proc/${owner}/ns/user` }),
  };
}

function initOf(paths: Paths, mode: string): number | undefined {
  if (!mode.startsWith('container:')) return undefined;
  const id = mode.slice('container:'.length);
  const { process } = readState(paths, id);
  if (process && isAlive(process)) return process.pid;
  throw new UserError('conflict', 'JOINED_NOT_RUNNING', `cannot join the namespaces of a non running container: ${id}`, {
    hint: `tsdocker start ${id.slice(0, 12)}`,
  });
}
