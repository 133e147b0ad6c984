/** An archive's entry as bytes say it, however wrong; names are latin1, so that any byte can stand in them. */
export interface RawEntry {
  readonly name: string;
  /** `0` file, `1` hard link, `2` link, `3` and `4` devices, `5` folder, `6` fifo. */
  readonly flag?: string;
  readonly content?: string | Buffer;
  readonly linkName?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly device?: readonly [major: number, minor: number];
  /** Records of a PAX header before it; values are latin1. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header claims, where that is not the content's length. */
  readonly claimedSize?: number;
}

const BLOCK = 512;
export const endOfArchive = Buffer.alloc(2 * BLOCK);

export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), endOfArchive]);
}

export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const parts = [header(entry, content.length), padded(content)];
  const pax = { ...entry.pax };
  if (entry.name.length > 100) pax.path ??= entry.name;
  if ((entry.linkName ?? '').length > 100) pax.linkpath ??= entry.linkName ?? '';
  return Buffer.concat([...(Object.keys(pax).length > 0 ? [paxHeader(pax)] : []), ...parts]);
}

export function paxHeader(records: Readonly<Record<string, string>>): Buffer {
  const bytes = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  return Buffer.concat([header({ name: 'PaxHeaders/x', flag: 'x' }, bytes.length), padded(bytes)]);
}

function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, 'latin1');
}

function header(entry: RawEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.name.slice(0, 100), 0, 'latin1');
  number(block, 100, 8, entry.mode ?? (entry.flag === '5' ? 0o755 : 0o644));
  number(block, 108, 8, entry.uid ?? 0);
  number(block, 116, 8, entry.gid ?? 0);
  number(block, 124, 12, entry.claimedSize ?? size);
  number(block, 136, 12, entry.mtime ?? 1_700_000_000);
  block.write(entry.flag ?? '0', 156, 'latin1');
  block.write((entry.linkName ?? '').slice(0, 100), 157, 'latin1');
  block.write('ustar\0', 257, 'latin1');
  block.write('00', 263, 'latin1');
  const [major, minor] = entry.device ?? [0, 0];
  number(block, 329, 8, major);
  number(block, 337, 8, minor);
  return withChecksum(block);
}

export function withChecksum(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Octal, or GNU's base 256 where that does not fit. */
function number(block: Buffer, at: number, length: number, value: number): void {
  const text = value.toString(8);
  if (value >= 0 && text.length < length) {
    block.write(`${text.padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let index = at + length - 1; index > at; index--) {
    block[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[at] = value < 0 ? 0xff : 0x80;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
