import type { CreateOptions } from '../../../engine/types.ts';
import { invalid, invalidFlag } from '../../args/invalid.ts';
import { checkPlatform } from '../../args/platform.ts';
import { containerConfig } from './container-config.ts';
import type { CreateArgs } from './create-flags.ts';
import { hostConfig } from './host-config.ts';

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const pullChoices = ['always', 'missing', 'never'] as const;

/**
 * What the flags of `create` and `run` ask for, in the engine's terms; files that they name are read.
 * @throws UserError in docker's words
 */
export async function createOptions(args: CreateArgs, where: Surroundings): Promise<CreateOptions> {
  const pull = pullChoices.find(choice => choice === args.pull);
  if (!pull) throw invalid(`invalid pull option: '${args.pull}': must be one of "always", "missing" or "never"`);
  const config = await containerConfig(args, where);
  const host = await hostConfig(args, where);
  if (args.rm && host.RestartPolicy && host.RestartPolicy.Name !== 'no') {
    throw invalid('conflicting options: cannot specify both --restart and --rm');
  }
  return {
    ...(args.name ? { name: args.name } : {}),
    config,
    hostConfig: host,
    pull,
    ...(args.platform ? { platform: checkPlatform(args.platform) } : {}),
  };
}

export interface AttachedStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** `-a` and `-i`: without `-a` output is attached, and input with `-i`. @throws UserError in docker's words */
export function attachedStreams(args: Pick<CreateArgs, 'attach' | 'interactive'>): AttachedStreams {
  const named = args.attach.map(text => {
    const name = text.toLowerCase();
    if (name === 'stdin' || name === 'stdout' || name === 'stderr') return name;
    throw invalidFlag('-a, --attach', text, 'valid streams are STDIN, STDOUT and STDERR');
  });
  const none = named.length === 0;
  return {
    stdin: args.interactive || named.includes('stdin'),
    stdout: none || named.includes('stdout'),
    stderr: none || named.includes('stderr'),
  };
}
