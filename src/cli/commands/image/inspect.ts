import { defineCommand } from '../../define-command.ts';
import { inspectEach } from '../inspect-each.ts';

export const inspect = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  describe: 'Display detailed information on one or more images',
  words: { min: 1, kind: 'image' },
  options: { format: { type: 'string', alias: 'f', describe: "Format output: 'json' or a Go template" } },
  async run(context, args) {
    return await inspectEach(args.words, args.format, context, async reference => (await context.engine()).images.inspect(reference));
  },
});
