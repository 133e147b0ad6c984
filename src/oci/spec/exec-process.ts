import type { ContainerRecord } from '../../core/container.ts';
import type { ResolvedUser } from '../user.ts';
import { capabilitySets, grantedCapabilities } from './capabilities.ts';
import type { HostFacts } from './input.ts';
import { capabilitiesOf, checkedCwd, environment } from './process.ts';
import { securityOptions } from './security-options.ts';
import type { OciProcess } from './types.ts';

export interface ExecProcessInput {
  readonly record: ContainerRecord;
  readonly user: ResolvedUser;
  readonly host: Pick<HostFacts, 'apparmor' | 'selinux'>;
  readonly args: readonly string[];
  /** `-e` values, over the container's own. */
  readonly env: readonly string[];
  /** Empty: the container's. */
  readonly cwd: string;
  readonly tty: boolean;
  readonly privileged: boolean;
}

/** The process of `docker exec`: as the container's own, apart from what the caller gave. */
export function buildExecProcess(input: ExecProcessInput): OciProcess {
  const { record, user } = input;
  const security = securityOptions(record.hostConfig.SecurityOpt, input.host);
  const granted = input.privileged ? grantedCapabilities({ add: [], drop: [], privileged: true }) : capabilitiesOf({ record });
  return {
    terminal: input.tty,
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: input.args,
    env: environment([...record.config.Env, ...input.env], { hostname: record.config.Hostname, tty: input.tty, home: user.home }),
    cwd: checkedCwd(input.cwd || record.config.WorkingDir),
    capabilities: capabilitySets(granted, user.uid),
    noNewPrivileges: security.noNewPrivileges,
    ...(security.apparmor === undefined ? {} : { apparmorProfile: security.apparmor }),
  };
}
