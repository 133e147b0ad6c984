import { corrupt } from './entry.ts';

/** A number field of a tar header: octal text, or, with the first bit set, base 256 (GNU). */
export function numberField(block: Buffer, start: number, length: number, what: string): number {
  const first = block.readUInt8(start);
  return first & 0x80 ? base256(block, start, length, what) : octal(block, start, length, what);
}

function octal(block: Buffer, start: number, length: number, what: string): number {
  let value = 0;
  let at = start;
  const end = start + length;
  while (at < end && block[at] === 0x20) at++;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit >= 0 && digit <= 7) value = value * 8 + digit;
    else if (block[at] === 0x20 || block[at] === 0) break;
    else throw corrupt(`a header's ${what} is not a number`);
  }
  return value;
}

function base256(block: Buffer, start: number, length: number, what: string): number {
  const negative = (block.readUInt8(start) & 0x40) !== 0;
  let value = BigInt.asIntN(8, BigInt(block.readUInt8(start) & 0x7f));
  if (negative) value = BigInt(block.readUInt8(start)) - 256n;
  for (let at = start + 1; at < start + length; at++) value = value * 256n + BigInt(block.readUInt8(at));
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw corrupt(`a header's ${what} is too large`);
  return number;
}

/** Decimal digits of a PAX record. */
export function decimal(text: string, what: string): number {
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw corrupt(`${what} is not a number`);
  return number;
}
