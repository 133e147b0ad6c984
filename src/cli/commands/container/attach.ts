import { UserError } from '../../../core/errors.ts';
import { defineCommand } from '../../define-command.ts';
import type { SessionEnd } from '../../terminal/run-session.ts';
import { attachedRun } from './attached-run.ts';
import { type ContainerFacts, containerFacts } from './container-facts.ts';

export const attach = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  describe: 'Attach local standard input, output, and error streams to a running container',
  words: { min: 1, max: 1, kind: 'running-container' },
  options: {
    'detach-keys': { type: 'string', describe: 'Override the key sequence for detaching a container' },
    'no-stdin': { type: 'boolean', describe: 'Do not attach STDIN' },
    'sig-proxy': { type: 'boolean', default: true, describe: 'Proxy all received signals to the process' },
  },
  async run(context, args) {
    const [ref] = args.words;
    const { containers } = await context.engine();
    const { Config, State } = await containerFacts(containers, ref);
    checkRunning(State);
    const end = await attachedRun(context, {
      tty: Config.Tty,
      stdin: !args['no-stdin'] && Config.OpenStdin,
      sigProxy: args['sig-proxy'],
      detachKeys: args['detach-keys'],
      open: streams => containers.attach(ref, streams),
    });
    return exitCodeOf(end);
  },
});

function checkRunning({ Running, Paused, Restarting }: ContainerFacts['State']): void {
  const conflict = (what: string): UserError => new UserError('conflict', 'CONTAINER_NOT_RUNNING', `cannot attach to a ${what}`);
  if (!Running) throw conflict('stopped container, start it first');
  if (Paused) throw conflict('paused container, unpause it first');
  if (Restarting) throw conflict('restarting container, wait until it is running');
}

/** @throws UserError `DETACHED`: docker's attach and exec, unlike run and start, count leaving as a failure */
export function exitCodeOf(end: SessionEnd): number {
  if (!end.detached) return end.exitCode;
  throw new UserError('conflict', 'DETACHED', 'read escape sequence');
}
