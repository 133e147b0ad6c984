import { defineCommand } from '../../define-command.ts';

export const tag = defineCommand({
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  describe: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
  words: { min: 2, max: 2, kind: 'image' },
  options: {},
  async run({ engine }, { words: [source, target] }) {
    await (await engine()).images.tag(source, target);
  },
});
