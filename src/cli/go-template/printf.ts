import { formatValue } from './print-value.ts';
import { typeName } from './values.ts';

/** Go's own limit. */
const widest = 1_000_000;

interface Verb {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly letter: string;
}

/** Go's fmt.Sprintf for what a template can hold, its complaints included (`%!d(string=x)`). */
export function sprintf(format: string, values: readonly unknown[]): string {
  let used = 0;
  const text = format.replace(
    /%([-+# 0]*)(\d+)?(?:\.(\d+)?)?([\s\S])|%$/gu,
    (all: string, flags: string, width?: string, precision?: string, letter?: string) => {
      if (letter === undefined) return '%!(NOVERB)';
      if (letter === '%') return '%';
      if (used >= values.length) return `%!${letter}(MISSING)`;
      const value = values[used];
      used += 1;
      const hasDot = all.includes('.');
      const isTooWide = Number(width ?? 0) > widest;
      const text = formatVerb(value, {
        flags,
        width: isTooWide ? 0 : Number(width ?? 0),
        precision: hasDot ? Math.min(Number(precision ?? 0), 100) : undefined,
        letter,
      });
      return isTooWide ? `%!(BADWIDTH)${text}` : text;
    },
  );
  const extra = values.slice(used).map(v => `${typeName(v)}=${formatValue(v)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text;
}

function formatVerb(value: unknown, verb: Verb): string {
  if (Array.isArray(value) && verb.letter !== 'v' && verb.letter !== 'T') return `[${value.map(item => formatVerb(item, verb)).join(' ')}]`;
  const text = convert(value, verb) ?? `%!${verb.letter}(${typeName(value)}=${formatValue(value)})`;
  return pad(text, verb, typeof value === 'number');
}

function convert(value: unknown, verb: Verb): string | undefined {
  if (verb.letter === 'v') return verb.flags.includes('#') && typeof value === 'string' ? JSON.stringify(value) : formatValue(value);
  if (verb.letter === 'T') return typeName(value);
  if (typeof value === 'string') return convertString(value, verb);
  if (typeof value === 'boolean') return verb.letter === 't' ? String(value) : undefined;
  if (typeof value !== 'number') return verb.letter === 's' ? formatValue(value) : undefined;
  return Number.isInteger(value) && !/[eEfFgG]/.test(verb.letter) ? convertInteger(value, verb) : convertFloat(value, verb);
}

function convertString(value: string, verb: Verb): string | undefined {
  const { letter, precision } = verb;
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('');
  if (letter === 's') return cut;
  if (letter === 'q') return JSON.stringify(cut);
  if (letter === 'x') return Buffer.from(cut).toString('hex');
  if (letter === 'X') return Buffer.from(cut).toString('hex').toUpperCase();
  return undefined;
}

const bases: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };

function convertInteger(value: number, { letter, flags }: Verb): string | undefined {
  if (letter === 'c') return String.fromCodePoint(value);
  if (letter === 'q') return `'${String.fromCodePoint(value)}'`;
  if (letter === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const base = bases[letter];
  if (base === undefined) return undefined;
  const digits = Math.abs(value).toString(base);
  const prefix = flags.includes('#') && base === 16 ? '0x' : '';
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : '';
  const text = `${sign}${prefix}${digits}`;
  return letter === 'X' ? text.toUpperCase() : text;
}

function convertFloat(value: number, { letter, precision, flags }: Verb): string | undefined {
  const sign = value >= 0 && flags.includes('+') ? '+' : '';
  if (/[fF]/.test(letter)) return sign + value.toFixed(precision ?? 6);
  if (/[eE]/.test(letter)) return sign + value.toExponential(precision ?? 6).replace(/([+-])(\d)$/, '$10$2');
  return /[gG]/.test(letter) ? sign + formatValue(value) : undefined;
}

function pad(text: string, { flags, width, precision }: Verb, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || (isNumber && precision === 0)) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
