import { defineCommand } from '../../define-command.ts';
import { printObjects } from '../../output/print-object.ts';
import { printFailure } from './each-container.ts';

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
    const found: object[] = [];
    const failures: unknown[] = [];
    for (const ref of args.words) {
      try {
        found.push(await containers.inspect(ref, { size: args.size }));
      } catch (error) {
        failures.push(error);
      }
    }
    printObjects(found, args.format, context.out);
    for (const error of failures) printFailure(context, error);
    return failures.length > 0 ? 1 : 0;
  },
});
