import { signalNumber } from '../../../core/signals.ts';
import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';

export const kill = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Kill one or more running containers',
  words: { min: 1, kind: 'running-container' },
  options: { signal: { type: 'string', alias: 's', default: 'KILL', describe: 'Signal to send to the container' } },
  async run(context, args) {
    const signal = args.signal === '' ? 'KILL' : args.signal;
    signalNumber(signal);
    const { containers } = await context.engine();
    return (await eachContainer(context, args.words, ref => containers.kill(ref, signal))).exitCode;
  },
});
