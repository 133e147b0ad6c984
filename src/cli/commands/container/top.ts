import { defineCommand } from '../../define-command.ts';
import { escapeCell } from '../../output/escape-controls.ts';

const narrowest = 20;
const gap = 3;

export const top = defineCommand({
  usage: 'CONTAINER [ps OPTIONS]',
  describe: 'Display the running processes of a container',
  words: { min: 1, kind: 'running-container' },
  options: {},
  stopAtFirstWord: true,
  async run(context, { words: [ref, ...psArgs] }) {
    const { Titles, Processes } = await (await context.engine()).containers.top(ref, psArgs);
    context.out.write(layout([Titles, ...Processes].map(row => row.map(escapeCell))));
  },
});

/** Docker's layout for this verb alone: columns of 20 characters or more. */
function layout(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(narrowest, ...rows.map(row => (row[column] ?? '').length + gap)));
  return rows
    .map(row => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('')}\n`)
    .join('');
}
