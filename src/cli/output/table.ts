import { escapeCell } from './escape-controls.ts';

const narrowest = 10;
const gap = 3;

/** Docker's layout (Go's tabwriter with a minimum of 10, padding 3): the last cell of a row is not padded. */
export function layoutTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.slice(0, -1).entries()) widths[index] = Math.max(widths[index] ?? narrowest, width(cell) + gap);
  return rows.map(row => `${row.map((cell, index) => pad(cell, index, row.length, widths)).join('')}\n`).join('');
}

function pad(cell: string, index: number, cells: number, widths: readonly number[]): string {
  if (index === cells - 1) return cell;
  return cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
}

/** Characters, as tabwriter counts. */
function width(cell: string): number {
  return [...cell].length;
}

/** Cells of one row from text with tabs between them, each made harmless. */
export function cellsOf(line: string): string[] {
  return line.split('\t').map(escapeCell);
}
