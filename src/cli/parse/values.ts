type Problem = (reason: string) => Error;

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text): [string, boolean] => [text, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text): [string, boolean] => [text, false]),
]);

/** Go's strconv.ParseBool, and its words on failure. */
export function parseBoolean(text: string, problem: Problem): boolean {
  const value = booleans.get(text);
  if (value === undefined) throw problem(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
  return value;
}

/** Go's strconv.ParseInt in base 0 (`0x10`, `0o7`, `1_000`), within what a JavaScript number holds exactly. */
export function parseInteger(text: string, problem: Problem): number {
  const match = /^([+-]?)(0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|[1-9][\d_]*)$/.exec(text);
  const fail = (why: string): Error => problem(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!match?.[2]) throw fail('invalid syntax');
  const digits = match[2].replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  const value = Number(digits) * (match[1] === '-' ? -1 : 1);
  if (!Number.isSafeInteger(value)) throw fail('value out of range');
  return value === 0 ? 0 : value;
}
