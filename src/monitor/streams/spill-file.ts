import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomHex } from '../../linux/random.ts';

/**
 * First in, first out, in an unlinked file: it is gone with its process. Calls are synchronous on purpose: they touch the page
 * cache, and keep the order of output without a second queue.
 */
export class SpillFile {
  readonly #fd: number;
  readonly #limit: number;
  #written = 0;
  #read = 0;

  /** @throws system errors */
  constructor(folder: string, limit: number) {
    const path = join(folder, `.spill-${randomHex(16)}`);
    this.#fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    this.#limit = limit;
  }

  /** @throws Error at the limit, and ENOSPC */
  append(parts: readonly Buffer[]): void {
    for (const part of parts) {
      if (this.#written + part.length > this.#limit) throw new Error(`more than ${this.#limit} bytes are waiting`);
      for (let done = 0; done < part.length; ) done += writeSync(this.#fd, part, done, part.length - done, this.#written + done);
      this.#written += part.length;
    }
  }

  /** At most `length` bytes; undefined when all was read. */
  read(length: number): Buffer | undefined {
    const bytes = Buffer.allocUnsafe(Math.min(length, this.#written - this.#read));
    if (bytes.length === 0) return undefined;
    const count = readSync(this.#fd, bytes, 0, bytes.length, this.#read);
    if (count === 0) throw new Error('the file of waiting output was cut');
    this.#read += count;
    return bytes.subarray(0, count);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
