import { GoMap, GoNil, noValue, typedField } from './values.ts';

/** Go's encoding/json: maps in key order, structs in theirs. `escapeHtml` as its Marshal does by default. */
export function toJson(value: unknown, escapeHtml = false): string {
  const text = JSON.stringify(plain(value)) ?? 'null';
  const safe = text.replace(/[\u2028\u2029]/g, escapeUnicode);
  return escapeHtml ? safe.replace(/[<>&]/g, escapeUnicode) : safe;
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function plain(value: unknown): unknown {
  if (value === noValue || value === undefined || value instanceof GoNil) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof GoMap) return fromEntries(value.entries, plain);
  const record: Record<string, unknown> = { ...value };
  const fields = Object.keys(record)
    .filter(name => typeof record[name] !== 'function')
    .map(name => [name, typedField(record, name)] as const);
  return fromEntries(fields, plain);
}

function fromEntries(entries: Iterable<readonly [string, unknown]>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([name, item]) => [name, change(item)]));
}
