import { headingFunctions, parseTemplate, type Template, templateFunctions, toJson } from '../go-template/index.ts';
import { escapeControls } from './escape-controls.ts';
import type { Output } from './output.ts';
import { cellsOf, layoutTable } from './table.ts';

type Cell = string | ((argument: string) => string);

/** One row: docker's field names to what they print. A function is called with an argument: `{{.Label "key"}}`. */
export type Row = Readonly<Record<string, Cell>>;

export interface ListStyle {
  /** `--format` as given; undefined or empty for the table. */
  readonly format: string | undefined;
  /** The template of docker's own table, with `\t` between columns. */
  readonly defaultTable: string;
  /** Field to heading; a field without one can be used but has no heading. */
  readonly headings: Readonly<Record<string, string>>;
  /** Go's name for messages: `*formatter.imageContext`. */
  readonly typeName: string;
  /** Fields that `{{json .}}` leaves out. */
  readonly notInJson?: readonly string[];
  /** `-q`: this field alone, a line for each row. */
  readonly quiet?: string | undefined;
}

/** Prints a list as docker does: its table, `table TEMPLATE`, `json`, or a template for each row. */
export function printList(rows: readonly Row[], style: ListStyle, out: Output): void {
  const format = style.format ?? '';
  const isTable = format === '' || format === 'table' || format.startsWith('table ');
  const quiet = style.quiet;
  if (quiet !== undefined && (format === '' || format === 'table')) {
    out.write(rows.map(row => `${escapeControls(String(row[quiet]))}\n`).join(''));
  } else if (format === 'json') {
    out.write(rows.map(row => `${rowJson(row, style)}\n`).join(''));
  } else if (isTable) {
    const columns = format.replace(/^table\s*/, '');
    out.write(tableText(rows, columns === '' ? style.defaultTable : expandEscapes(columns), style));
  } else {
    const template = parseTemplate(expandEscapes(format));
    out.write(rows.map(row => `${escapeControls(renderRow(template, row, style))}\n`).join(''));
  }
}

function tableText(rows: readonly Row[], columns: string, style: ListStyle): string {
  const template = parseTemplate(columns);
  const lines = rows.map(row => renderRow(template, row, style));
  const headings = { ...style.headings, Label: labelHeading };
  const heading = template.execute(withoutFailing(headings), { functions: headingFunctions });
  return layoutTable([heading, ...lines].map(cellsOf));
}

/** Docker's heading of a label's column: the last word of its key. */
function labelHeading(key: string): string {
  return (key.split('.').at(-1) ?? '').replaceAll(/[-_]/g, ' ');
}

/** Fields without a heading print nothing rather than fail: the rows have told the error already. */
function withoutFailing(headings: object): object {
  return new Proxy(headings, {
    getOwnPropertyDescriptor: (target, name) =>
      Reflect.getOwnPropertyDescriptor(target, name) ?? { configurable: true, enumerable: false, value: '' },
    get: (target, name) => Reflect.get(target, name) ?? '',
  });
}

function renderRow(template: Template, row: Row, style: ListStyle): string {
  const functions = {
    ...templateFunctions,
    json: {
      takes: ['any'] as const,
      call: (value: unknown) => (value === row ? rowJson(row, style) : toJson(value)),
    },
  };
  return template.execute(row, { functions, typeName: style.typeName });
}

function rowJson(row: Row, style: ListStyle): string {
  const fields = Object.entries(row)
    .filter(([name, cell]) => typeof cell === 'string' && !style.notInJson?.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return toJson(Object.fromEntries(fields), true);
}

/** A shell gives `\t` as two characters. */
function expandEscapes(format: string): string {
  return format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
}
