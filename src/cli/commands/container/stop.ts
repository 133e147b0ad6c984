import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';
import { stopFlags, stopOptions } from './stop-flags.ts';

export const stop = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Stop one or more running containers',
  words: { min: 1, kind: 'running-container' },
  options: stopFlags,
  async run(context, args) {
    const options = stopOptions(args);
    const { containers } = await context.engine();
    return (await eachContainer(context, args.words, ref => containers.stop(ref, options))).exitCode;
  },
});
