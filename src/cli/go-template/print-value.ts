import { GoMap, GoNil, noValue } from './values.ts';

const nils = { slice: '[]', map: 'map[]', pointer: '<nil>' } as const;

/** As Go's `%v` prints it; a value that isn't there as `<nil>`. */
export function formatValue(value: unknown): string {
  if (value === noValue || value === null || value === undefined) return '<nil>';
  if (value instanceof GoNil) return nils[value.type];
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(formatValue).join(' ')}]`;
  if (value instanceof GoMap) return formatEntries([...value.entries]);
  const entries = Object.entries(value);
  return looksLikeMap(entries) ? formatEntries(entries) : `{${entries.map(([, item]) => formatValue(item)).join(' ')}}`;
}

/** As a template prints the result of an action. */
export function printValue(value: unknown): string {
  return value === noValue || value === null || value === undefined ? '<no value>' : formatValue(value);
}

/** Docker's structs have capitalised fields; everything else in its JSON is a map. */
function looksLikeMap(entries: readonly (readonly [string, unknown])[]): boolean {
  return !entries.every(([name]) => /^[A-Z]/.test(name));
}

function formatEntries(entries: readonly (readonly [string, unknown])[]): string {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${sorted.map(([name, item]) => `${name}:${formatValue(item)}`).join(' ')}]`;
}

/** Go's `%v` of a float: exponents from 1e21 on, as JavaScript has it, with two digits. */
function formatNumber(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
