import { defineCommand } from '../../define-command.ts';
import { eachContainer } from './each-container.ts';

export const wait = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  describe: 'Block until one or more containers stop, then print their exit codes',
  words: { min: 1, kind: 'container' },
  options: {},
  async run(context, args) {
    const { containers } = await context.engine();
    const exitCodeOf = async (ref: string): Promise<string> => String((await containers.wait(ref, 'not-running')).exitCode);
    return (await eachContainer(context, args.words, exitCodeOf)).exitCode;
  },
});
