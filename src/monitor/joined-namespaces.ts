import type { ContainerRecord } from '../core/container.ts';
import { UserError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import { isAlive } from '../linux/process-identity.ts';
import type { JoinedNamespaces } from '../oci/index.ts';
import { readContainer, readState } from '../store/index.ts';

/** The namespaces of other containers that this one shares (`--pid container:x` and its like; create has put the id in place of the name). */
export function joinedNamespaces(paths: Paths, { hostConfig }: ContainerRecord): JoinedNamespaces {
  const pid = initOf(paths, hostConfig.PidMode);
  const ipc = initOf(paths, hostConfig.IpcMode);
  if (ipc !== undefined) checkShareable(paths, hostConfig.IpcMode);
  const network = initOf(paths, hostConfig.NetworkMode);
  const owner = pid ?? ipc ?? network;
  return {
    ...(pid === undefined ? {} : { pid: `/proc/${pid}/ns/pid` }),
    ...(ipc === undefined ? {} : { ipc: `/proc/${ipc}/ns/ipc` }),
    ...(network === undefined ? {} : { network: `/proc/${network}/ns/net` }),
    ...(owner === undefined ? {} : { user: `/proc/${owner}/ns/user` }),
  };
}

/** A container keeps its shared memory to itself unless it was made to share it. */
function checkShareable(paths: Paths, mode: string): void {
  const owner = readContainer(paths, idIn(mode));
  if (owner.hostConfig.IpcMode !== 'private' && owner.hostConfig.IpcMode !== '') return;
  throw new UserError('conflict', 'IPC_NOT_SHAREABLE', `cannot join IPC of container ${owner.id}: non-shareable IPC`, {
    hint: 'start that container with --ipc shareable',
  });
}

const idIn = (mode: string): string => mode.slice('container:'.length);

function initOf(paths: Paths, mode: string): number | undefined {
  if (!mode.startsWith('container:')) return undefined;
  const id = idIn(mode);
  const { process } = readState(paths, id);
  if (process && isAlive(process)) return process.pid;
  throw new UserError('conflict', 'JOINED_NOT_RUNNING', `cannot join the namespaces of a non running container: ${id}`, {
    hint: `tsdocker start ${id.slice(0, 12)}`,
  });
}
