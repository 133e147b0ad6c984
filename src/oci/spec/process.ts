import { UserError } from '../../core/errors.ts';
import { capabilitySets, grantedCapabilities } from './capabilities.ts';
import { initPath } from './init.ts';
import type { SpecInput } from './input.ts';
import { rlimits } from './rlimits.ts';
import type { SecurityOptions } from './security-options.ts';
import type { OciProcess } from './types.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function buildProcess(input: SpecInput, security: SecurityOptions): OciProcess {
  const { config, hostConfig } = input.record;
  const { uid, gid, additionalGids } = input.user;
  const [height, width] = hostConfig.ConsoleSize;
  const limits = rlimits(hostConfig.Ulimits, input.host.hardLimits);
  return {
    terminal: config.Tty,
    ...(config.Tty && height > 0 && width > 0 ? { consoleSize: { height, width } } : {}),
    user: { uid, gid, additionalGids },
    args: commandLine(input),
    env: environment(config.Env, { hostname: config.Hostname, tty: config.Tty, home: input.user.home }),
    cwd: checkedCwd(config.WorkingDir),
    capabilities: capabilitySets(capabilitiesOf(input), uid),
    ...(limits.length > 0 ? { rlimits: limits } : {}),
    noNewPrivileges: security.noNewPrivileges,
    ...oomScore(hostConfig.OomScoreAdj, input.host.oomScoreAdj),
    ...(security.apparmor === undefined ? {} : { apparmorProfile: security.apparmor }),
  };
}

export function capabilitiesOf({ record: { hostConfig } }: Pick<SpecInput, 'record'>): string[] {
  return grantedCapabilities({ add: hostConfig.CapAdd ?? [], drop: hostConfig.CapDrop ?? [], privileged: hostConfig.Privileged });
}

function commandLine({ record: { config }, init }: SpecInput): string[] {
  const command = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (command.length === 0) throw new UserError('invalid', 'NO_COMMAND', 'no command specified');
  return init === undefined ? command : [initPath, '--', ...command];
}

/** Docker's defaults, each unless the image or the user set it: a later value of the same name replaces an earlier one. */
export function environment(env: readonly string[], facts: { hostname: string; tty: boolean; home: string }): string[] {
  const values = new Map<string, string>();
  const defaults = [defaultPath, `HOSTNAME=${facts.hostname}`, ...(facts.tty ? ['TERM=xterm'] : [])];
  for (const entry of [...defaults, ...env]) {
    const name = entry.split('=', 1)[0] ?? '';
    if (entry.includes('=')) values.set(name, entry);
    else values.delete(name);
  }
  if (!values.has('HOME')) values.set('HOME', `HOME=${facts.home}`);
  return [...values.values()];
}

/** A folder of the container only: below /proc/self/fd a runtime's own leaked descriptors would lead out of it (CVE-2024-21626). */
export function checkedCwd(cwd: string): string {
  const path = cwd === '' ? '/' : cwd;
  if (!path.startsWith('/'))
    throw new UserError('invalid', 'WORKDIR_INVALID', `the working directory '${path}' is invalid, it needs to be an absolute path`);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  if (/^\/(proc\/([^/]+\/(task\/[^/]+\/)?)(fd|cwd|root|map_files)|dev\/fd)(\/|$)/.test(clean))
    throw new UserError('invalid', 'WORKDIR_INVALID', `the working directory '${path}' is invalid, it would lead out of the container`);
  return clean;
}

function oomScore(wanted: number, current: number): { oomScoreAdj?: number } {
  if (wanted === 0) return {};
  if (wanted < current)
    throw new UserError(
      'unsupported',
      'OOM_SCORE_TOO_LOW',
      `--oom-score-adj ${wanted} is below your session's ${current}, and only root can lower it`,
    );
  return { oomScoreAdj: wanted };
}
