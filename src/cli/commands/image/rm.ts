import { defineCommand } from '../../define-command.ts';
import { forEachWord } from '../for-each-word.ts';

export const rm = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  describe: 'Remove one or more images',
  words: { min: 1, kind: 'image' },
  options: {
    force: { type: 'boolean', alias: 'f', describe: 'Force removal of the image' },
    'no-prune': { type: 'boolean', describe: 'Do not delete untagged parents' },
  },
  async run(context, args) {
    const { images } = await context.engine();
    return await forEachWord(args.words, context, async reference => {
      const done = await images.remove(reference, { force: args.force, prune: !args['no-prune'] });
      for (const item of done) context.out.line('Untagged' in item ? `Untagged: ${item.Untagged}` : `Deleted: ${item.Deleted}`);
    });
  },
});
