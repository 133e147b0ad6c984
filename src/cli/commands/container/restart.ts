import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';
import { stopFlags, stopOptions } from './stop-flags.ts';

export const restart = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Restart one or more containers',
  words: { min: 1, kind: 'container' },
  options: stopFlags,
  async run(context, args) {
    const options = stopOptions(args);
    const { containers } = await context.engine();
    return (await eachContainer(context, args.words, ref => containers.restart(ref, options), { oneByOne: true })).exitCode;
  },
});
