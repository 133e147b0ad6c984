import { toJson } from './json.ts';
import { formatValue } from './print-value.ts';
import { sprintf } from './printf.ts';
import { FunctionFailure } from './template-error.ts';
import { GoMap, GoNil, isStruct, isTrue, noValue, typeName } from './values.ts';

export interface TemplateFunction {
  /** Types of the arguments that are checked before the call; fewer given or more is an error unless `rest`. */
  readonly takes: readonly ('string' | 'int' | 'list' | 'any')[];
  readonly rest?: true;
  call(...values: never[]): unknown;
}

const any = 'any' as const;
type Values = readonly unknown[];

function variadic(least: number, call: (...values: unknown[]) => unknown): TemplateFunction {
  return { takes: Array.from({ length: least }, () => any), rest: true, call };
}

/** Docker's own functions (templates.go). */
const dockerFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: { takes: [any], call: (value: unknown) => toJson(value) },
  split: { takes: ['string', 'string'], call: (text: string, by: string) => text.split(by) },
  join: { takes: ['list', 'string'], call: (list: string[], by: string) => list.join(by) },
  title: {
    takes: ['string'],
    call: (text: string) =>
      text.replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  },
  lower: { takes: ['string'], call: (text: string) => text.toLowerCase() },
  upper: { takes: ['string'], call: (text: string) => text.toUpperCase() },
  pad: {
    takes: ['string', 'int', 'int'],
    call: (text: string, before: number, after: number) => (text === '' ? text : blanks(before) + text + blanks(after)),
  },
  truncate: { takes: ['string', 'int'], call: (text: string, length: number) => [...text].slice(0, Math.max(0, length)).join('') },
};

/** Those of Go's text/template. `and` and `or` are the evaluator's: they stop early. */
const goFunctions: Readonly<Record<string, TemplateFunction>> = {
  print: variadic(0, (...values) => print(values)),
  println: variadic(0, (...values) => `${values.map(formatValue).join(' ')}\n`),
  printf: { takes: ['string'], rest: true, call: (format: string, ...values: Values) => sprintf(format, values) },
  html: variadic(0, (...values) => print(values).replace(/[<>&'"\0]/g, c => htmlEscapes[c] ?? c)),
  js: variadic(0, (...values) => print(values).replace(/[\\'"<>&=\n\r\t]/g, escapeJs)),
  urlquery: variadic(0, (...values) =>
    encodeURIComponent(print(values))
      .replaceAll('%20', '+')
      .replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  len: { takes: [any], call: lengthOf },
  index: variadic(1, (value, ...keys) => keys.reduce(indexOnce, value)),
  slice: variadic(1, (value, ...bounds) => sliceOf(value, bounds)),
  not: { takes: [any], call: (value: unknown) => !isTrue(value) },
  eq: variadic(1, (first, ...others) => {
    if (others.length === 0) throw new FunctionFailure('missing argument for comparison');
    return others.some(other => equals(first, other));
  }),
  ne: { takes: [any, any], call: (a: unknown, b: unknown) => !equals(a, b) },
  lt: { takes: [any, any], call: (a: unknown, b: unknown) => order(a, b) < 0 },
  le: { takes: [any, any], call: (a: unknown, b: unknown) => order(a, b) <= 0 },
  gt: { takes: [any, any], call: (a: unknown, b: unknown) => order(a, b) > 0 },
  ge: { takes: [any, any], call: (a: unknown, b: unknown) => order(a, b) >= 0 },
};

export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

export const templateFunctions: FunctionTable = { ...goFunctions, ...dockerFunctions };

/** For the heading of a table: docker's functions answer the heading unchanged, so that it stays readable. */
export const headingFunctions: FunctionTable = {
  ...goFunctions,
  ...Object.fromEntries(
    ['json', 'split', 'join', 'title', 'lower', 'upper', 'truncate', 'pad'].map(name => [
      name,
      variadic(1, value => (typeof value === 'string' ? value : '')),
    ]),
  ),
};

const htmlEscapes: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&#34;',
  '\0': '\uFFFD',
};

function blanks(count: number): string {
  if (count > 1_000_000) throw new FunctionFailure(`padding of ${count} is too wide`);
  return ' '.repeat(Math.max(0, count));
}

function escapeJs(character: string): string {
  return /[\\'"]/.test(character) ? `\\${character}` : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Go's Sprint: a blank between two neighbours of which neither is a string. */
function print(values: Values): string {
  return values
    .map((value, index) => {
      const apart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
      return (apart ? ' ' : '') + formatValue(value);
    })
    .join('');
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof GoMap) return value.entries.size;
  if (value instanceof GoNil && value.type !== 'pointer') return 0;
  if (value === noValue || value instanceof GoNil || value === null) throw new FunctionFailure('len of nil pointer');
  if (isStruct(value)) return Object.keys(value).length;
  throw new FunctionFailure(`len of type ${typeName(value)}`);
}

function indexOnce(value: unknown, key: unknown): unknown {
  if (value === noValue || value === null || (value instanceof GoNil && value.type !== 'map'))
    throw new FunctionFailure('index of untyped nil');
  if (Array.isArray(value)) return value[position(key, value.length)];
  if (typeof value === 'string') return Buffer.from(value)[position(key, Buffer.byteLength(value))];
  if (typeof value !== 'object') throw new FunctionFailure(`can't index item of type ${typeName(value)}`);
  if (typeof key !== 'string') throw new FunctionFailure(`value has type ${typeName(key)}; should be string`);
  if (value instanceof GoNil) return noValue;
  const entries = value instanceof GoMap ? value.entries : new Map(Object.entries(value ?? {}));
  return entries.has(key) ? entries.get(key) : zeroLike(entries);
}

/** What Go answers for a missing key: the zero value of the map's items. */
function zeroLike(entries: ReadonlyMap<string, unknown>): unknown {
  return entries.size > 0 && [...entries.values()].every(item => typeof item === 'string') ? '' : noValue;
}

function position(key: unknown, length: number): number {
  if (typeof key !== 'number' || !Number.isInteger(key)) throw new FunctionFailure(`cannot index slice/array with type ${typeName(key)}`);
  if (key < 0 || key >= length) throw new FunctionFailure(`index out of range: ${key}`);
  return key;
}

function sliceOf(value: unknown, bounds: Values): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new FunctionFailure(`can't slice item of type ${typeName(value)}`);
  const whole = typeof value === 'string' ? Buffer.from(value) : value;
  const [from, to] = [bounds[0] ?? 0, bounds[1] ?? whole.length].map(bound => position(bound, whole.length + 1));
  if (from !== undefined && to !== undefined && from > to) throw new FunctionFailure(`invalid slice index: ${from} > ${to}`);
  const part = whole.slice(from, to);
  return Buffer.isBuffer(part) ? part.toString() : part;
}

function basic(value: unknown): 'string' | 'number' | 'boolean' | 'nil' {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return typeof value as 'string' | 'number' | 'boolean';
  if (value === noValue || value === null || value === undefined || value instanceof GoNil) return 'nil';
  throw new FunctionFailure('non-comparable type');
}

function equals(a: unknown, b: unknown): boolean {
  const [first, second] = [basic(a), basic(b)];
  if (first === 'nil' || second === 'nil') return first === second;
  if (first !== second) throw new FunctionFailure('incompatible types for comparison');
  return a === b;
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new FunctionFailure(basic(a) === basic(b) ? 'invalid type for comparison' : 'incompatible types for comparison');
}
