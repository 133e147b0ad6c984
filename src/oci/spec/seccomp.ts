import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { type ConditionalRule, conditionalRules } from './seccomp-rules.ts';
import { allowedSyscalls } from './seccomp-syscalls.ts';
import type { OciSeccomp, OciSeccompRule } from './types.ts';

export interface SeccompContext {
  readonly capabilities: readonly string[];
  /** As `process.arch` has it. */
  readonly arch: string;
  readonly kernel: readonly [number, number];
}

const architectures: Readonly<Record<string, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};
/** The names that docker's profiles have for architectures. */
const goArch: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export function defaultSeccomp(context: SeccompContext): OciSeccomp {
  const rules = conditionalRules.filter(rule => applies(rule, context)).map(ociRule);
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    architectures: architectures[context.arch] ?? [],
    syscalls: [{ names: allowedSyscalls, action: 'SCMP_ACT_ALLOW' }, ...rules],
  };
}

function applies(rule: ConditionalRule, { capabilities, arch }: SeccompContext): boolean {
  if (rule.withCapability !== undefined && !capabilities.includes(rule.withCapability)) return false;
  if (rule.withoutCapability !== undefined && capabilities.includes(rule.withoutCapability)) return false;
  return rule.arches === undefined || rule.arches.includes(arch);
}

function ociRule({ names, action, errnoRet, args }: ConditionalRule): OciSeccompRule {
  return { names, action, ...(errnoRet === undefined ? {} : { errnoRet }), ...(args === undefined ? {} : { args }) };
}

const strings = v.nullish(v.array(v.string()), []);
const Condition = v.nullish(v.object({ caps: strings, arches: strings, minKernel: v.optional(v.pipe(v.string(), v.regex(/^\d+\.\d+$/))) }));
const Argument = v.object({ index: v.number(), value: v.number(), valueTwo: v.optional(v.number(), 0), op: v.string() });
const Rule = v.object({
  name: v.optional(v.string()),
  names: strings,
  action: v.string(),
  errnoRet: v.optional(v.number()),
  args: v.nullish(v.array(Argument), []),
  includes: Condition,
  excludes: Condition,
});
const Profile = v.object({
  defaultAction: v.string(),
  defaultErrnoRet: v.optional(v.number()),
  architectures: strings,
  archMap: v.nullish(v.array(v.object({ architecture: v.string(), subArchitectures: strings })), []),
  flags: strings,
  syscalls: v.nullish(v.array(Rule), []),
});

/** Docker's profile format, for `--security-opt seccomp=<file>`: resolved to what applies here. Throws UserError for what is not a profile. */
export function customSeccomp(text: string, context: SeccompContext): OciSeccomp {
  const profile = readProfile(text);
  const native = architectures[context.arch]?.[0];
  const mapped = profile.archMap
    .filter(entry => entry.architecture === native)
    .flatMap(entry => [entry.architecture, ...entry.subArchitectures]);
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: [...profile.architectures, ...mapped],
    ...(profile.flags.length === 0 ? {} : { flags: profile.flags }),
    syscalls: profile.syscalls.filter(rule => included(rule.includes, context) && !excluded(rule.excludes, context)).map(profileRule),
  };
}

function readProfile(text: string): v.InferOutput<typeof Profile> {
  try {
    return v.parse(Profile, JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      'invalid',
      'SECCOMP_PROFILE_INVALID',
      'the seccomp profile can not be read: it is not in the JSON format of docker',
      { cause },
    );
  }
}

function profileRule(rule: v.InferOutput<typeof Rule>): OciSeccompRule {
  const names = rule.name === undefined ? rule.names : [rule.name, ...rule.names];
  return {
    names,
    action: rule.action,
    ...(rule.errnoRet === undefined ? {} : { errnoRet: rule.errnoRet }),
    ...(rule.args.length > 0 ? { args: rule.args } : {}),
  };
}

type ProfileCondition = v.InferOutput<typeof Condition>;

/** All that is named must hold. */
function included(condition: ProfileCondition, context: SeccompContext): boolean {
  if (!condition) return true;
  if (condition.arches.length > 0 && !condition.arches.includes(goArch[context.arch] ?? context.arch)) return false;
  return condition.caps.every(name => context.capabilities.includes(name)) && reaches(context.kernel, condition.minKernel ?? '0.0');
}

/** Any one that holds is enough. */
function excluded(condition: ProfileCondition, context: SeccompContext): boolean {
  if (!condition) return false;
  if (condition.arches.includes(goArch[context.arch] ?? context.arch)) return true;
  return (
    condition.caps.some(name => context.capabilities.includes(name)) ||
    (condition.minKernel !== undefined && reaches(context.kernel, condition.minKernel))
  );
}

function reaches([major, minor]: readonly [number, number], wanted: string): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
