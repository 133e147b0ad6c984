import { isUtf8 } from 'node:buffer';
import type { OutputName } from './driver.ts';

/** The wall clock with more digits than Date has: RFC 3339 in UTC, trailing zeros left out as Go does. */
export class NanosecondClock {
  #offset = 0n;
  #second = -1;
  #prefix = '';

  now(): string {
    const wall = BigInt(Date.now()) * 1_000_000n;
    let nanos = process.hrtime.bigint() + this.#offset;
    // The two clocks drift apart, and a person may set one of them.
    if (nanos < wall || nanos > wall + 2_000_000n) {
      this.#offset += wall - nanos;
      nanos = wall;
    }
    const second = Number(nanos / 1_000_000_000n);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(second * 1000).toISOString().slice(0, 19);
    }
    const fraction = (nanos % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
    return fraction === '' ? `${this.#prefix}Z` : `${this.#prefix}.${fraction}Z`;
  }
}

/** One line of docker's json-file format, its newline included. Bytes that are not UTF-8 become U+FFFD, one each, as in Go. */
export function encodeRecord(line: Buffer, stream: OutputName, attributes: string, time: string): string {
  const text = isUtf8(line) ? line.toString() : decodeLossy(line);
  return `{"log":"${escapeText(text)}","stream":"${stream}",${attributes}"time":"${time}"}\n`;
}

/** The constant part of each record for {@link encodeRecord}. */
export function encodeAttributes(attributes: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return '';
  return `"attrs":${JSON.stringify(Object.fromEntries(sorted))},`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
const special = /[\u0000-\u001f"\\<>&\u2028\u2029]/;
const everySpecial = new RegExp(special, 'g');

function escapeText(text: string): string {
  return special.test(text) ? text.replace(everySpecial, escapeOne) : text;
}

function escapeOne(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
}

/** TextDecoder puts one U+FFFD for a torn character, Go one for each of its bytes. */
function decodeLossy(bytes: Buffer): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    text += length === 0 ? '\ufffd' : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Bytes of the well-formed character at `at`, 0 if there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const character = bytes.subarray(at, at + length);
  return character.length === length && isUtf8(character) ? length : 0;
}
