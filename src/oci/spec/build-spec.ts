import { UserError } from '../../core/errors.ts';
import { identityMap } from './id-maps.ts';
import type { CgroupMode, SpecInput } from './input.ts';
import { buildMounts } from './mounts.ts';
import { has, namespaces } from './namespaces.ts';
import { buildProcess, capabilitiesOf } from './process.ts';
import { protectedPaths } from './protected-paths.ts';
import { customSeccomp, defaultSeccomp } from './seccomp.ts';
import { type SecurityOptions, securityOptions } from './security-options.ts';
import { sysctls } from './sysctls.ts';
import type { OciLinux, OciNamespace, OciSeccomp, OciSpec } from './types.ts';

/** config.json for a container of docker's, to be run by root of U. Pure. Throws UserError for what the user asked for and can't have. */
export function buildSpec(input: SpecInput): OciSpec {
  const { config, hostConfig } = input.record;
  const security = securityOptions(hostConfig.SecurityOpt, input.host);
  const list = namespaces(hostConfig, input.join ?? {});
  const ownUts = has(list, 'uts');
  return {
    ociVersion: '1.0.2',
    process: buildProcess(input, security),
    root: { path: input.rootfs, readonly: hostConfig.ReadonlyRootfs },
    ...(ownUts ? { hostname: config.Hostname } : {}),
    // Not the sysctl: that file belongs to the host's root, whoever owns the namespace.
    ...(ownUts && config.Domainname ? { domainname: config.Domainname } : {}),
    mounts: buildMounts(input, list),
    linux: buildLinux(input, security, list),
  };
}

function buildLinux(input: SpecInput, security: SecurityOptions, list: readonly OciNamespace[]): OciLinux {
  const { hostConfig } = input.record;
  const seccomp = seccompFor(input, security);
  return {
    namespaces: list,
    ...maps(input, list),
    ...protectedPaths(hostConfig, security.systemPathsUnconfined, input.host.cpus),
    sysctl: sysctls(hostConfig.Sysctls, list),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...cgroupsPath(input.host.cgroup, input.record.id),
    resources: {},
  };
}

/** A joined user namespace has the same map already; runc wants to be told it nevertheless. */
function maps({ idMaps }: SpecInput, list: readonly OciNamespace[]): Pick<OciLinux, 'uidMappings' | 'gidMappings'> {
  if (!has(list, 'user')) return {};
  return { uidMappings: identityMap(idMaps.uids), gidMappings: identityMap(idMaps.gids) };
}

function seccompFor(input: SpecInput, security: SecurityOptions): OciSeccomp | undefined {
  const context = { capabilities: capabilitiesOf(input), arch: input.host.arch, kernel: input.host.kernel };
  if (security.seccomp === 'profile') {
    if (input.seccompProfile === undefined)
      throw new UserError('invalid', 'SECCOMP_PROFILE_MISSING', 'the seccomp profile can not be read');
    return customSeccomp(input.seccompProfile, context);
  }
  if (security.seccomp === 'unconfined' || input.record.hostConfig.Privileged) return undefined;
  return defaultSeccomp(context);
}

function cgroupsPath(mode: CgroupMode, id: string): { cgroupsPath?: string } {
  switch (mode.kind) {
    case 'none':
      return {};
    case 'cgroupfs':
      return { cgroupsPath: `${mode.path}/${id}` };
    case 'systemd':
      return { cgroupsPath: `${mode.slice}:tsdocker:${mode.scope}` };
  }
}
