import { invalid } from '../../args/invalid.ts';
import { defineCommand } from '../../define-command.ts';

export const rename = defineCommand({
  usage: 'CONTAINER NEW_NAME',
  describe: 'Rename a container',
  words: { min: 2, max: 2, kind: 'container' },
  options: {},
  async run(context, { words: [ref, name] }) {
    if (ref.trim() === '' || name.trim() === '') throw invalid('Neither old nor new names may be empty');
    await (await context.engine()).containers.rename(ref.trim(), name.trim());
  },
});
