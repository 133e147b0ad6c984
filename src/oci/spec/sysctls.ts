import { UserError } from '../../core/errors.ts';
import { has } from './namespaces.ts';
import type { OciNamespace } from './types.ts';

const ipcNames = new Set(
  'kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax kernel.shmmni kernel.shm_rmid_forced'.split(' '),
);

/** Only what belongs to a namespace of the container: everything else would change the host. */
export function sysctls(wanted: Readonly<Record<string, string>>, list: readonly OciNamespace[]): Record<string, string> {
  for (const name of Object.keys(wanted)) check(name, list);
  return { ...wanted };
}

function check(name: string, list: readonly OciNamespace[]): void {
  const ipc = ipcNames.has(name) || name.startsWith('fs.mqueue.');
  const net = name.startsWith('net.');
  if (!ipc && !net) throw new UserError('invalid', 'SYSCTL_NOT_NAMESPACED', `sysctl "${name}" is not in a separate kernel namespace`);
  if (has(list, ipc ? 'ipc' : 'network')) return;
  throw new UserError('invalid', 'SYSCTL_OF_HOST', `sysctl "${name}" not allowed in host ${ipc ? 'ipc' : 'network'} namespace`);
}
