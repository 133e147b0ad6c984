import type { CreateOptions, Session } from '../../../engine/types.ts';
import { invalid } from '../../args/invalid.ts';
import { type Args, type Context, defineCommand, type Flags } from '../../define-command.ts';
import { checkTty } from '../../terminal/check-tty.ts';
import { runSession } from '../../terminal/run-session.ts';
import { windowSize } from '../../terminal/terminal-stream.ts';
import { chosenDetachKeys } from './chosen-detach-keys.ts';
import { withCidFile } from './cid-file.ts';
import { createFlags, unsupportedCreateFlags } from './create-flags.ts';
import { type AttachedStreams, attachedStreams, createOptions } from './create-options.ts';
import { creationProgress } from './creation-progress.ts';
import { withExitCode } from './with-exit-code.ts';

const runFlags = {
  ...createFlags,
  detach: { type: 'boolean', alias: 'd', describe: 'Run container in background and print container ID' },
  'detach-keys': { type: 'string', describe: 'Override the key sequence for detaching a container' },
  'sig-proxy': { type: 'boolean', default: true, describe: 'Proxy received signals to the process' },
} as const satisfies Flags;
type RunArgs = Args<typeof runFlags, 1>;

export const run = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  describe: 'Create and run a new container from an image',
  words: { min: 1, kind: 'image' },
  options: runFlags,
  unsupported: unsupportedCreateFlags,
  stopAtFirstWord: true,
  run: (context, args) => withExitCode(125, () => runContainer(context, args)),
});

async function runContainer(context: Context, args: RunArgs): Promise<number> {
  const { engine, out, cwd } = context;
  const attached = args.detach ? null : attachedStreams(args);
  if (args.detach && args.attach.length > 0) throw invalid('conflicting options: cannot specify both --attach and --detach');
  const options = forAttachment(await createOptions(args, context), attached, context);
  if (attached) checkTty(context.stdin, attached.stdin, args.tty);
  const detachKeys = args.tty && attached?.stdin ? await chosenDetachKeys(args['detach-keys'], context) : undefined;
  const { containers } = await engine();
  const attach = attached && { ...attached, ...sizeFor(args.tty, context) };
  const { id, warnings, session } = await withCidFile(args.cidfile, cwd, () =>
    creationProgress(args, out, show => containers.run(options, attach, show)),
  );
  for (const warning of warnings) out.error(`WARNING: ${warning}`);
  if (!attached?.stdout && !attached?.stderr) out.line(id);
  return attached && session ? await follow(session, context, args, attached, detachKeys) : 0;
}

/** A container that starts in the background has nobody attached. */
function forAttachment(options: CreateOptions, attached: AttachedStreams | null, context: Context): CreateOptions {
  if (attached) {
    const size = options.config.Tty ? windowSize(context.out.stdout, context.out.stderr) : undefined;
    return size ? { ...options, hostConfig: { ...options.hostConfig, ConsoleSize: [size.rows, size.columns] } } : options;
  }
  return { ...options, config: { ...options.config, AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false } };
}

function sizeFor(tty: boolean, { out }: Context) {
  const size = tty ? windowSize(out.stdout, out.stderr) : undefined;
  return size ? { size } : {};
}

async function follow(
  session: Session,
  { stdin, out }: Context,
  args: RunArgs,
  attached: AttachedStreams,
  detachKeys: Buffer | undefined,
): Promise<number> {
  const streams = { stdin, stdout: out.stdout, stderr: out.stderr };
  const settings = { stdin: attached.stdin, tty: args.tty, detachKeys, sigProxy: args['sig-proxy'] };
  const end = await runSession(session, streams, settings);
  return end.detached ? 0 : end.exitCode;
}
