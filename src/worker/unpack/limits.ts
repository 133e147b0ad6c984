import { UserError } from '../../core/errors.ts';

/** No layer that people use comes near these: a small archive must not be able to fill the disk or the memory. */
export class Limits {
  readonly #maxBytes: number;
  readonly #maxEntries: number;

  constructor(limits: { maxBytes: number; maxEntries: number }) {
    this.#maxBytes = limits.maxBytes;
    this.#maxEntries = limits.maxEntries;
  }

  checkBytes(bytes: number): void {
    if (bytes <= this.#maxBytes) return;
    throw new UserError(
      'invalid',
      'LAYER_TOO_LARGE',
      `the layer is larger than ${this.#maxBytes} bytes when it is unpacked, which is the limit`,
    );
  }

  checkEntries(entries: number): void {
    if (entries <= this.#maxEntries) return;
    throw new UserError('invalid', 'LAYER_TOO_LARGE', `the layer has more than ${this.#maxEntries} files, which is the limit`);
  }
}
