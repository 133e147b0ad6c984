import { invalid } from '../../args/invalid.ts';
import { type Args, type Context, defineCommand, type Flags } from '../../define-command.ts';
import { attachedRun } from './attached-run.ts';
import { containerFacts } from './container-facts.ts';
import { eachContainer } from './each-container.ts';

const startFlags = {
  attach: { type: 'boolean', alias: 'a', describe: 'Attach STDOUT/STDERR and forward signals' },
  'detach-keys': { type: 'string', describe: 'Override the key sequence for detaching a container' },
  interactive: { type: 'boolean', alias: 'i', describe: "Attach container's STDIN" },
} as const satisfies Flags;
type StartArgs = Args<typeof startFlags, 1>;

export const start = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Start one or more stopped containers',
  words: { min: 1, kind: 'stopped-container' },
  options: startFlags,
  unsupported: ['--checkpoint', '--checkpoint-dir'],
  run: (context, args) => (args.attach || args.interactive ? startAttached(context, args) : startAll(context, args)),
});

async function startAll(context: Context, { words }: StartArgs): Promise<number> {
  const { containers } = await context.engine();
  const { exitCode, failed } = await eachContainer(context, words, ref => containers.start(ref), { oneByOne: true });
  if (failed.length > 0) context.out.error(`${context.globals.programName}: failed to start containers: ${failed.join(', ')}`);
  return exitCode;
}

async function startAttached(context: Context, args: StartArgs): Promise<number> {
  const [ref, ...others] = args.words;
  if (others.length > 0) throw invalid('you cannot start and attach multiple containers at once');
  const { containers } = await context.engine();
  const { Config, State } = await containerFacts(containers, ref);
  const end = await attachedRun(context, {
    tty: Config.Tty,
    stdin: args.interactive && Config.OpenStdin,
    sigProxy: true,
    detachKeys: args['detach-keys'],
    open: attach => (State.Running ? containers.attach(ref, attach) : containers.startAttached(ref, attach)),
  });
  return end.detached ? 0 : end.exitCode;
}
