import { parseFilters } from '../../args/filter.ts';
import { defineCommand } from '../../define-command.ts';
import { humanSize } from '../../output/human.ts';
import { confirm } from '../../terminal/confirm.ts';

export const prune = defineCommand({
  usage: '[OPTIONS]',
  describe: 'Remove all stopped containers',
  words: { min: 0, max: 0 },
  options: {
    filter: { type: 'string', array: true, describe: 'Provide filter values (e.g. "until=<timestamp>")' },
    force: { type: 'boolean', alias: 'f', describe: 'Do not prompt for confirmation' },
  },
  async run({ engine, out, stdin }, args) {
    const filters = parseFilters(args.filter);
    const warning = 'WARNING! This will remove all stopped containers.\nAre you sure you want to continue?';
    if (!args.force && !(await confirm(warning, stdin, out))) return;
    const { deleted, reclaimed } = await (await engine()).containers.prune(filters);
    if (deleted.length > 0) out.line(`Deleted Containers:\n${deleted.join('\n')}\n`);
    out.line(`Total reclaimed space: ${humanSize(reclaimed)}`);
  },
});
