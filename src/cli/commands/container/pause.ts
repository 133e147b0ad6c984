import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';

export const pause = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  describe: 'Pause all processes within one or more containers',
  words: { min: 1, kind: 'running-container' },
  options: {},
  async run(context, args) {
    const { containers } = await context.engine();
    return (await eachContainer(context, args.words, ref => containers.pause(ref))).exitCode;
  },
});
