const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** A Go string or character literal with its quotes, or undefined when an escape in it is none. */
export function unquote(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner.replaceAll('\r', '');
  let bad = false;
  const text = inner.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[\s\S])/g, (_, code: string) => {
    const simple = escapes[code];
    if (simple !== undefined) return simple;
    const point = /^[xuU]./.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8);
    if (code.length > 1 && point <= 0x10ffff) return String.fromCodePoint(point);
    bad = true;
    return '';
  });
  return bad ? undefined : text;
}

/** A Go number literal, or undefined. */
function parseNumber(text: string): number | undefined {
  const match = /^([+-]?)(.+)$/.exec(text);
  const digits = match?.[2]?.replaceAll('_', '') ?? '';
  const octal = /^0[0-7]+$/.test(digits) ? digits.replace(/^0/, '0o') : digits;
  const value = octal === '' ? Number.NaN : Number(octal);
  if (Number.isNaN(value)) return undefined;
  return match?.[1] === '-' ? -value : value;
}

/** The value of a string, number or character literal (a character is its code point), or undefined when it is none. */
export function literalValue(literal: string): string | number | undefined {
  if (/^["`]/.test(literal)) return unquote(literal);
  return literal.startsWith("'") ? unquote(literal)?.codePointAt(0) : parseNumber(literal);
}
