import type { AttachOptions, ExecOptions } from '../../../engine/types.ts';
import { checkUser } from '../../args/user.ts';
import { type Args, type Context, defineCommand, type Flags } from '../../define-command.ts';
import { exitCodeOf } from './attach.ts';
import { attachedRun } from './attached-run.ts';
import { readEnv } from './container-config.ts';

const execFlags = {
  detach: { type: 'boolean', alias: 'd', describe: 'Detached mode: run command in the background' },
  'detach-keys': { type: 'string', describe: 'Override the key sequence for detaching a container' },
  env: { type: 'string', array: true, alias: 'e', describe: 'Set environment variables' },
  'env-file': { type: 'string', array: true, describe: 'Read in a file of environment variables' },
  interactive: { type: 'boolean', alias: 'i', describe: 'Keep STDIN open even if not attached' },
  privileged: { type: 'boolean', describe: 'Give extended privileges to the command' },
  tty: { type: 'boolean', alias: 't', describe: 'Allocate a pseudo-TTY' },
  user: { type: 'string', alias: 'u', describe: 'Username or UID (format: "<name|uid>[:<group|gid>]")' },
  workdir: { type: 'string', alias: 'w', describe: 'Working directory inside the container' },
} as const satisfies Flags;
type ExecArgs = Args<typeof execFlags, 2>;

export const exec = defineCommand({
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  describe: 'Execute a command in a running container',
  words: { min: 2, kind: 'running-container' },
  options: execFlags,
  stopAtFirstWord: true,
  async run(context, args) {
    const [ref] = args.words;
    const command = await execCommand(context, args);
    const { containers } = await context.engine();
    if (args.detach) {
      await containers.exec(ref, { ...command, attach: { stdin: false, stdout: false, stderr: false } });
      return 0;
    }
    const end = await attachedRun(context, {
      tty: args.tty,
      stdin: args.interactive,
      // Docker's exec sends no signals on: with -t keys do it, and without, the command is the container's own.
      sigProxy: false,
      detachKeys: args['detach-keys'],
      open: (attach: AttachOptions) => containers.exec(ref, { ...command, attach }),
    });
    return exitCodeOf(end);
  },
});

async function execCommand(context: Context, args: ExecArgs): Promise<Omit<ExecOptions, 'attach'>> {
  const [, ...command] = args.words;
  return {
    args: command,
    env: await readEnv(args, context),
    user: args.user ? checkUser(args.user) : '',
    workingDir: args.workdir ?? '',
    tty: args.tty,
    privileged: args.privileged,
    detach: args.detach,
  };
}
