import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';

export const unpause = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  describe: 'Unpause all processes within one or more containers',
  words: { min: 1, kind: 'running-container' },
  options: {},
  async run(context, args) {
    const { containers } = await context.engine();
    return (await eachContainer(context, args.words, ref => containers.unpause(ref))).exitCode;
  },
});
