import { invalid } from './invalid.ts';

export interface KeyValueLine {
  readonly key: string;
  /** Undefined for a line without `=`. */
  readonly value: string | undefined;
}

const byteOrderMark = '\uFEFF';

/**
 * Reads an env or label file by docker's rules: one `KEY=value` or `KEY` a line, blank lines and lines that begin with `#` are
 * skipped, space before the key is dropped, the value is taken as it is.
 * @throws UserError naming the line
 */
export function parseKeyValueFile(bytes: Uint8Array): KeyValueLine[] {
  const parsed: KeyValueLine[] = [];
  let number = 0;
  for (const raw of lines(bytes)) {
    number += 1;
    const text = decode(raw, number);
    const line = (number === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text).trimStart();
    if (line !== '' && !line.startsWith('#')) parsed.push(parseLine(line, number));
  }
  return parsed;
}

function parseLine(line: string, number: number): KeyValueLine {
  const equals = line.indexOf('=');
  const key = equals < 0 ? line : line.slice(0, equals);
  if (key === '') throw invalid(`no variable name on line '${line}' (line ${number})`);
  if (/\s/u.test(key)) throw invalid(`variable '${key}' contains whitespaces (line ${number})`);
  if (line.includes('\0')) throw invalid(`variable '${key.replaceAll('\0', '')}' contains a NUL byte (line ${number})`);
  return { key, value: equals < 0 ? undefined : line.slice(equals + 1) };
}

function* lines(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    yield bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end);
    start = end + 1;
  }
}

function decode(line: Uint8Array, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    throw invalid(`invalid utf8 bytes at line ${number}: [${line.slice(0, 80).join(' ')}]`);
  }
}
