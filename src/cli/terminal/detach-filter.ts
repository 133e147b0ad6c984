import { Transform, type TransformCallback } from 'node:stream';

/**
 * Passes keys on until the detach sequence was typed, however its bytes are split into chunks: then `onDetach` is called and the
 * rest is dropped. Bytes of a sequence that is not completed are passed on as soon as that is known.
 */
export class DetachFilter extends Transform {
  readonly #keys: Buffer;
  readonly #onDetach: () => void;
  /** How many bytes of the sequence were just read and are held back. */
  #matched = 0;
  #detached = false;

  constructor(keys: Buffer, onDetach: () => void) {
    super();
    this.#keys = keys;
    this.#onDetach = onDetach;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (this.#detached) break;
      this.#read(byte, passed);
    }
    if (passed.length > 0) this.push(Buffer.from(passed));
    done();
    if (this.#detached) this.#leave();
  }

  override _flush(done: TransformCallback): void {
    if (!this.#detached && this.#matched > 0) this.push(this.#keys.subarray(0, this.#matched));
    done();
  }

  #read(byte: number, passed: number[]): void {
    while (byte !== this.#keys[this.#matched] && this.#matched > 0) this.#fallBack(passed);
    if (byte !== this.#keys[this.#matched]) {
      passed.push(byte);
      return;
    }
    this.#matched += 1;
    this.#detached = this.#matched === this.#keys.length;
  }

  /** Gives up the held bytes up to where the sequence could begin again within them (`a,a,b` after `aa` + `a`). */
  #fallBack(passed: number[]): void {
    const held = this.#keys.subarray(0, this.#matched);
    let kept = held.length - 1;
    while (kept > 0 && !held.subarray(held.length - kept).equals(this.#keys.subarray(0, kept))) kept -= 1;
    passed.push(...held.subarray(0, held.length - kept));
    this.#matched = kept;
  }

  #leave(): void {
    this.#matched = 0;
    this.#onDetach();
  }
}
