/** Docker's copier cuts what has no newline after this many bytes. */
export const longestLine = 16 * 1024;

const newline = 10;

/** Cuts one stream into log lines: each ends with its newline, or is a piece of at most 16 KiB of a longer line. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Buffer> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const at = bytes.indexOf(newline);
      const length = at === -1 ? bytes.length : at;
      if (length >= longestLine) {
        const cut = characterBoundary(bytes, longestLine);
        yield bytes.subarray(0, cut);
        bytes = bytes.subarray(cut);
      } else if (at === -1) break;
      else {
        yield bytes.subarray(0, at + 1);
        bytes = bytes.subarray(at + 1);
      }
    }
    // A copy, so that a few bytes do not keep the whole read in memory.
    this.#rest = Buffer.from(bytes);
  }

  /** What is left without a newline. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }
}

/** `limit`, or a little before it, where a UTF-8 character would be torn: torn halves are unreadable in JSON. */
function characterBoundary(bytes: Buffer, limit: number): number {
  for (let at = limit; at > limit - 4; at--) {
    const byte = bytes[at];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return at;
  }
  return limit;
}
