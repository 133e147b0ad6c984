import type { HostConfig } from '../../../core/docker/config.ts';
import { parseAddHost } from '../../args/add-host.ts';
import { parseCapability } from '../../args/capability.ts';
import { parseDevice } from '../../args/device.ts';
import { invalid, parsedFlag } from '../../args/invalid.ts';
import { parseLogConfig } from '../../args/log-config.ts';
import { readUserFile } from '../../args/read-user-file.ts';
import { parseRestartPolicy } from '../../args/restart-policy.ts';
import { parseSecurityOptions } from '../../args/security-opt.ts';
import { parseSize } from '../../args/size.ts';
import { parseSysctl } from '../../args/sysctl.ts';
import { parseTmpfs } from '../../args/tmpfs.ts';
import { parseUlimit } from '../../args/ulimit.ts';
import type { CreateArgs } from './create-flags.ts';
import type { Surroundings } from './create-options.ts';

/** Docker's `HostConfig` of what was given. @throws UserError in docker's words */
export async function hostConfig(args: CreateArgs, { cwd }: Surroundings): Promise<Partial<HostConfig>> {
  const network = args.network ?? args.net;
  const each = <T>(name: ListFlag, parse: (text: string) => T): T[] => args[name].map(text => parsedFlag(`--${name}`, text, parse));
  return {
    AutoRemove: args.rm,
    ContainerIDFile: args.cidfile ?? '',
    RestartPolicy: parseRestartPolicy(args.restart),
    Privileged: args.privileged,
    ReadonlyRootfs: args['read-only'],
    GroupAdd: args['group-add'],
    ExtraHosts: each('add-host', parseAddHost),
    Devices: each('device', parseDevice),
    Sysctls: Object.fromEntries(each('sysctl', parseSysctl)),
    Tmpfs: Object.fromEntries(args.tmpfs.map(parseTmpfs)),
    Ulimits: mergeUlimits(each('ulimit', parseUlimit)),
    ...capabilities(args),
    ...namespaces(args),
    ...(await parseSecurityOptions(args['security-opt'], async path => (await readUserFile(path, cwd)).toString())),
    ...logging(args),
    ...(network ? { NetworkMode: network } : {}),
    ...(args.runtime ? { Runtime: args.runtime } : {}),
    ...(args.given.has('init') ? { Init: args.init } : {}),
    ...(args['shm-size'] === undefined ? {} : { ShmSize: shmSize(args['shm-size']) }),
  };
}

type ListFlag = 'add-host' | 'device' | 'sysctl' | 'ulimit';

/** The last word on a limit counts. */
function mergeUlimits(given: HostConfig['Ulimits']): HostConfig['Ulimits'] {
  return [...new Map(given.map(limit => [limit.Name, limit])).values()];
}

function capabilities(args: CreateArgs): Partial<HostConfig> {
  const read = (kind: 'CapAdd' | 'CapDrop', given: readonly string[]): string[] | null =>
    given.length === 0 ? null : [...new Set(given.map(text => parseCapability(kind, text)))].sort();
  return { CapAdd: read('CapAdd', args['cap-add']), CapDrop: read('CapDrop', args['cap-drop']) };
}

function namespaces(args: CreateArgs): Partial<HostConfig> {
  const { pid = '', ipc, uts = '', userns = '' } = args;
  const joins = (mode: string): boolean => /^container:./.test(mode);
  if (pid !== '' && pid !== 'host' && !joins(pid)) throw invalid('--pid: invalid PID mode');
  if (uts !== '' && uts !== 'host') throw invalid('--uts: invalid UTS mode');
  if (userns !== '' && userns !== 'host') throw invalid('--userns: invalid USER mode');
  if (ipc && !['none', 'private', 'shareable', 'host'].includes(ipc) && !joins(ipc)) throw invalid(`invalid IPC mode: ${ipc}`);
  if (uts === 'host' && args.hostname) throw invalid('conflicting options: hostname and the UTS mode');
  return { PidMode: pid, UTSMode: uts, UsernsMode: userns, ...(ipc ? { IpcMode: ipc } : {}) };
}

/** Nothing given leaves the choice to the configuration. */
function logging(args: CreateArgs): Partial<HostConfig> {
  const driver = args['log-driver'];
  const options = args['log-opt'];
  return driver === undefined && options.length === 0 ? {} : { LogConfig: parseLogConfig(driver ?? 'json-file', options) };
}

function shmSize(text: string): number {
  const bytes = parsedFlag('--shm-size', text, parseSize);
  return bytes === 0 ? 64 * 1024 * 1024 : bytes;
}
