import { defineCommand } from '../../define-command.ts';
import { inspectEach } from '../inspect-each.ts';

export const inspect = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Display detailed information on one or more containers',
  words: { min: 1, kind: 'container' },
  options: {
    format: { type: 'string', alias: 'f', describe: 'Format output using a custom template: "json" or a Go template' },
    size: { type: 'boolean', alias: 's', describe: 'Display total file sizes' },
  },
  async run(context, args) {
    const { containers } = await context.engine();
    return await inspectEach(args.words, args.format, context, ref => containers.inspect(ref, { size: args.size }));
  },
});
