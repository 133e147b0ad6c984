import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { messageOf } from '../../core/errors.ts';
import { compressRotated, shiftLogFiles } from './rotation.ts';

export interface LogFileSettings {
  readonly path: string;
  readonly maxSize: number | undefined;
  readonly maxFiles: number;
  readonly compress: boolean;
  /** There is room again after `append` answered false. */
  readonly onDrain: () => void;
  /** The record that tells a reader of `lost` lines missing here. */
  readonly gapRecord: (lost: number, reason: string) => string;
}

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants;

/** Unwritten text beyond this holds the container back. */
const highWater = 1024 * 1024;
const retryAfterMs = 100;

/**
 * Appends records to a file that is rotated, one write for all that came in meanwhile. A file that cannot be written costs the
 * records of that time, which are counted, and a record in their place tells so as soon as writing works again.
 */
export class LogFile {
  readonly #settings: LogFileSettings;
  #pending: string[] = [];
  #pendingLength = 0;
  #isFull = false;
  #writing: Promise<void> | undefined;
  #compressing: Promise<void> = Promise.resolve();
  #handle: FileHandle | undefined;
  #size = 0;
  #isOpened = false;
  #endsWithinRecord = false;
  #lost = 0;
  #lossReason = '';
  #retryAt = 0;

  constructor(settings: LogFileSettings) {
    this.#settings = settings;
  }

  /** Characters taken and not yet written. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes one record. False: wait for `onDrain`. */
  append(record: string): boolean {
    this.#pending.push(record);
    this.#pendingLength += record.length;
    this.#writing ??= this.#writeAll();
    this.#isFull ||= this.#pendingLength >= highWater;
    return !this.#isFull;
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#lost > 0) {
      this.#retryAt = 0;
      await this.#write([]);
    }
    await this.#compressing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #writeAll(): Promise<void> {
    // Records of one turn of the event loop go out in one write.
    await new Promise(setImmediate);
    while (this.#pending.length > 0) {
      await this.#rotateWhenFull();
      await this.#write(this.#take());
      if (this.#isFull && this.#pendingLength < highWater / 2) {
        this.#isFull = false;
        this.#settings.onDrain();
      }
    }
    this.#writing = undefined;
  }

  /** All that is pending, or as much as makes the file full: as docker, the record that reaches the limit still goes in. */
  #take(): string[] {
    const { maxSize } = this.#settings;
    let batch = this.#pending;
    this.#pending = [];
    if (maxSize !== undefined) {
      let count = 0;
      for (let size = this.#size; size < maxSize && count < batch.length; ) size += Buffer.byteLength(batch[count++] ?? '');
      this.#pending = batch.slice(Math.max(count, 1));
      batch = batch.slice(0, Math.max(count, 1));
    }
    for (const record of batch) this.#pendingLength -= record.length;
    return batch;
  }

  async #write(records: string[]): Promise<void> {
    if (this.#lost > 0 && Date.now() < this.#retryAt) {
      this.#lost += records.length;
      return;
    }
    const repair = this.#endsWithinRecord ? ['\n'] : [];
    const gap = this.#lost > 0 ? [this.#settings.gapRecord(this.#lost, this.#lossReason)] : [];
    const bytes = Buffer.from([...repair, ...gap, ...records].join(''));
    const progress = { written: 0 };
    try {
      this.#handle ??= await this.#open();
      await writeWhole(this.#handle, bytes, progress);
      this.#lost = 0;
    } catch (error) {
      await this.#fail(error, records, repair.length + gap.length, bytes.subarray(0, progress.written));
    }
    this.#size += progress.written;
    if (progress.written > 0) this.#endsWithinRecord = bytes[progress.written - 1] !== 10;
  }

  async #fail(error: unknown, records: string[], leading: number, written: Buffer): Promise<void> {
    const lines = written.toString('latin1').split('\n').length - 1;
    if (lines >= leading && lines > 0) this.#lost = 0;
    this.#lost += records.length - Math.max(lines - leading, 0);
    this.#lossReason = messageOf(error);
    this.#retryAt = Date.now() + retryAfterMs;
    await this.#handle?.close().catch(() => {});
    this.#handle = undefined;
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#settings.path, 'a+', 0o600);
    const { size } = await handle.stat();
    this.#size = this.#isOpened ? this.#size : size;
    this.#isOpened = true;
    // A monitor that was killed may have left half a record.
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== 10) await handle.appendFile('\n');
    }
    this.#endsWithinRecord = false;
    return handle;
  }

  /** A rotation that fails leaves the file growing: a longer log is better than none. */
  async #rotateWhenFull(): Promise<void> {
    const { path, maxSize, maxFiles, compress } = this.#settings;
    if (maxSize === undefined || this.#size < maxSize) return;
    let fresh: FileHandle | undefined;
    try {
      await this.#compressing;
      fresh = await open(`${path}.new`, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600);
      await shiftLogFiles(path, maxFiles);
      await rename(`${path}.new`, path);
      await this.#handle?.close();
      this.#handle = fresh;
      this.#endsWithinRecord = false;
      if (compress) this.#compressing = compressRotated(path).catch(() => {});
    } catch {
      await fresh?.close();
      // Shifting may have come far enough to take the open file's name.
      await this.#handle?.close();
      this.#handle = undefined;
    }
    // After a failure too: the next try is due when as much again was written.
    this.#size = 0;
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, progress: { written: number }): Promise<void> {
  while (progress.written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, progress.written);
    progress.written += bytesWritten;
  }
}
