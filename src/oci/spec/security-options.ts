import { UserError } from '../../core/errors.ts';
import type { HostFacts } from './input.ts';

export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  readonly seccomp: 'default' | 'unconfined' | 'profile';
  /** `systempaths=unconfined`: nothing masked or read-only. */
  readonly systemPathsUnconfined: boolean;
  readonly apparmor: string | undefined;
}

/** Docker's `--security-opt` list, with `=` or the old `:`. Throws for what this host can't give. */
export function securityOptions(options: readonly string[], host: Pick<HostFacts, 'apparmor' | 'selinux'>): SecurityOptions {
  const pairs = options.map(option => ({ option, ...splitOption(option) }));
  let result: SecurityOptions = { noNewPrivileges: false, seccomp: 'default', systemPathsUnconfined: false, apparmor: undefined };
  for (const { option, name, value } of pairs) result = { ...result, ...oneOption(option, name, value, host) };
  return result;
}

function splitOption(option: string): { name: string; value: string } {
  const at = option.search(/[=:]/);
  return at < 0 ? { name: option, value: '' } : { name: option.slice(0, at), value: option.slice(at + 1) };
}

function oneOption(option: string, name: string, value: string, host: Pick<HostFacts, 'apparmor' | 'selinux'>): Partial<SecurityOptions> {
  switch (name) {
    case 'no-new-privileges':
      if (value !== '' && value !== 'true' && value !== 'false') throw invalid(option);
      return { noNewPrivileges: value !== 'false' };
    case 'seccomp':
      return { seccomp: value === 'unconfined' ? 'unconfined' : value === 'builtin' ? 'default' : 'profile' };
    case 'systempaths':
      if (value !== 'unconfined') throw invalid(option);
      return { systemPathsUnconfined: true };
    case 'apparmor':
      if (value === 'unconfined') return {};
      if (!host.apparmor) throw lacks(option, 'AppArmor');
      return { apparmor: value };
    case 'label':
      if (value === 'disable') return {};
      throw lacks(option, 'SELinux labels for containers of a user');
    default:
      throw invalid(option);
  }
}

function invalid(option: string): UserError {
  return new UserError('invalid', 'SECURITY_OPT_INVALID', `invalid --security-opt 2: "${option}"`);
}

function lacks(option: string, what: string): UserError {
  return new UserError('unsupported', 'SECURITY_OPT_UNSUPPORTED', `--security-opt ${option} needs ${what}, which this host does not have`);
}
