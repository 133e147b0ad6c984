import type { UserError } from '../../../core/errors.ts';
import { parseFilters } from '../../args/filter.ts';
import { defineCommand } from '../../define-command.ts';
import { type ListStyle, printList } from '../../output/list.ts';
import { containerRow } from './container-row.ts';

const columns = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'];

export const ls = defineCommand({
  usage: '[OPTIONS]',
  describe: 'List containers',
  words: { min: 0, max: 0 },
  options: {
    all: { type: 'boolean', alias: 'a', describe: 'Show all containers (default shows just running)' },
    filter: { type: 'string', array: true, alias: 'f', describe: 'Filter output based on conditions provided' },
    format: { type: 'string', describe: 'Format output using a custom template: "table", "table TEMPLATE", "json" or a Go template' },
    last: { type: 'number', alias: 'n', default: -1, describe: 'Show n last created containers (includes all states)' },
    latest: { type: 'boolean', alias: 'l', describe: 'Show the latest created container (includes all states)' },
    'no-trunc': { type: 'boolean', describe: "Don't truncate output" },
    quiet: { type: 'boolean', alias: 'q', describe: 'Only display container IDs' },
    size: { type: 'boolean', alias: 's', describe: 'Display total file sizes' },
  },
  async run({ engine, out }, args) {
    const limit = Math.max(0, args.latest && args.last < 0 ? 1 : args.last);
    const size = args.size || (!args.quiet && /\.Size\b/.test(args.format ?? ''));
    const filters = parseFilters(args.filter);
    const { containers } = await engine();
    const warn = ({ message, hint }: UserError) => out.error(`WARNING: ${message}${hint === undefined ? '' : `; try: ${hint}`}`);
    const found = await containers.list({ all: args.all || limit > 0, size, limit, filters }, warn);
    const now = Date.now();
    const rows = found.map(container => containerRow(container, !args['no-trunc'], now));
    printList(rows, style(args.format, args.quiet, args.size), out);
  },
});

function style(format: string | undefined, quiet: boolean, size: boolean): ListStyle {
  return {
    format,
    defaultTable: [...columns, ...(size ? ['Size'] : [])].map(field => `{{.${field}}}`).join('\t'),
    headings: {
      ID: 'CONTAINER ID',
      Names: 'NAMES',
      Image: 'IMAGE',
      Command: 'COMMAND',
      CreatedAt: 'CREATED AT',
      RunningFor: 'CREATED',
      Ports: 'PORTS',
      State: 'STATE',
      Status: 'STATUS',
      Size: 'SIZE',
      Labels: 'LABELS',
      Mounts: 'MOUNTS',
      LocalVolumes: 'LOCAL VOLUMES',
      Networks: 'NETWORKS',
    },
    typeName: '*formatter.ContainerContext',
    ...(quiet ? { quiet: 'ID' } : {}),
  };
}
