import { posix } from 'node:path';
import type { ContainerConfig } from '../../../core/docker/config.ts';
import { UserError } from '../../../core/errors.ts';
import { signalNumber } from '../../../core/signals.ts';
import { envFromFile, parseEnv } from '../../args/env.ts';
import { parseHealthcheck } from '../../args/healthcheck.ts';
import { checkDomainname, checkHostname } from '../../args/hostname.ts';
import { invalid, parsedFlag } from '../../args/invalid.ts';
import { type KeyValueLine, parseKeyValueFile } from '../../args/key-value-file.ts';
import { parseLabel } from '../../args/label.ts';
import { readUserFile } from '../../args/read-user-file.ts';
import { checkUser } from '../../args/user.ts';
import type { CreateArgs } from './create-flags.ts';
import { attachedStreams, type Surroundings } from './create-options.ts';

type GivenConfig = Partial<ContainerConfig> & { readonly Image: string };

/** Docker's `ContainerConfig` of what was given, and nothing else: the image fills in the rest. @throws UserError */
export async function containerConfig(args: CreateArgs, where: Surroundings): Promise<GivenConfig> {
  const [image, ...command] = args.words;
  if (image === '') throw invalid('invalid reference format');
  const attached = attachedStreams(args);
  const health = parseHealthcheck(args);
  return {
    Image: image,
    ...(command.length > 0 ? { Cmd: command } : {}),
    // One empty word takes the image's entrypoint away.
    ...(args.entrypoint === undefined ? {} : { Entrypoint: [args.entrypoint] }),
    ...(args.hostname ? { Hostname: checkHostname(args.hostname) } : {}),
    ...(args.domainname ? { Domainname: checkDomainname(args.domainname) } : {}),
    ...(args.user ? { User: checkUser(args.user) } : {}),
    ...(args.workdir ? { WorkingDir: checkWorkdir(args.workdir) } : {}),
    AttachStdin: attached.stdin,
    AttachStdout: attached.stdout,
    AttachStderr: attached.stderr,
    Tty: args.tty,
    OpenStdin: args.interactive,
    StdinOnce: args.interactive && attached.stdin,
    Env: await readEnv(args, where),
    Labels: await readLabels(args, where),
    ...(health ? { Healthcheck: health } : {}),
    ...(args['stop-signal'] ? { StopSignal: checkSignal(args['stop-signal']) } : {}),
    ...(args['stop-timeout'] === undefined ? {} : { StopTimeout: args['stop-timeout'] }),
  };
}

function checkWorkdir(path: string): string {
  if (!posix.isAbsolute(path)) throw invalid(`the working directory '${path}' is invalid, it needs to be an absolute path`);
  if (path.includes('\0')) throw invalid('the working directory is invalid, it contains a NUL byte');
  return posix.normalize(path);
}

function checkSignal(text: string): string {
  signalNumber(text);
  return text;
}

/** Files first, then `-e`, so that the flag wins. @throws UserError naming file and line */
export async function readEnv(
  args: { readonly env: readonly string[]; readonly 'env-file': readonly string[] },
  where: Surroundings,
): Promise<string[]> {
  const env: string[] = [];
  for (const path of args['env-file']) env.push(...envFromFile(await readLines('env', path, where.cwd), where.env));
  for (const text of args.env) env.push(parsedFlag('-e, --env', text, value => parseEnv(value, where.env)));
  return env;
}

async function readLabels(args: CreateArgs, where: Surroundings): Promise<Record<string, string>> {
  const labels = new Map<string, string>();
  for (const path of args['label-file']) {
    for (const { key, value } of await readLines('label', path, where.cwd)) labels.set(key, value ?? '');
  }
  for (const text of args.label) labels.set(...parsedFlag('-l, --label', text, parseLabel));
  return Object.fromEntries(labels);
}

async function readLines(kind: 'env' | 'label', path: string, cwd: string): Promise<KeyValueLine[]> {
  const bytes = await readUserFile(path, cwd);
  try {
    return parseKeyValueFile(bytes);
  } catch (error) {
    if (error instanceof UserError) throw invalid(`invalid ${kind} file (${path}): ${error.message}`);
    throw error;
  }
}
