import type { LogConfig } from '../../core/docker/config.ts';
import { type LoggedContainer, logAttributes } from './attributes.ts';
import { type LogDriver, noLog, type OutputName } from './driver.ts';
import { LineSplitter } from './line-splitter.ts';
import { LogFile } from './log-file.ts';
import { type LogFileOptions, parseLogOptions } from './options.ts';
import { encodeAttributes, encodeRecord, NanosecondClock } from './record.ts';

export type { LoggedContainer } from './attributes.ts';
export { logAttributes } from './attributes.ts';
export type { LogDriver, OutputName } from './driver.ts';
export { parseLogOptions } from './options.ts';

export interface OpenLogOptions {
  readonly config: LogConfig;
  readonly path: string;
  readonly container: LoggedContainer;
  /** There is room again after `write` answered false. */
  readonly onDrain: () => void;
}

/**
 * The log driver that a container's configuration names. `json-file` writes docker's format; `local` writes the same records with
 * docker's limits for `local` (20 MiB, 5 files, compressed), so that one reader serves both.
 * @throws UserError `BAD_LOG_OPTION`
 */
export function openLog(options: OpenLogOptions): LogDriver {
  const { config, container } = options;
  if (config.Type === 'none') return noLog;
  const attributes = encodeAttributes(logAttributes(config.Config, container));
  return new FileLog(parseLogOptions(config), options, attributes);
}

class FileLog implements LogDriver {
  readonly #clock = new NanosecondClock();
  readonly #attributes: string;
  readonly #dropBeyond: number | undefined;
  readonly #file: LogFile;
  readonly #splitters: Record<OutputName, LineSplitter> = {
    stdout: new LineSplitter(),
    stderr: new LineSplitter(),
  };
  /** A long line's pieces all carry the time of the first. */
  readonly #lineTimes: Partial<Record<OutputName, string>> = {};

  constructor({ dropBeyond, ...rotation }: LogFileOptions, { path, onDrain }: OpenLogOptions, attributes: string) {
    this.#attributes = attributes;
    this.#dropBeyond = dropBeyond;
    this.#file = new LogFile({
      ...rotation,
      path,
      onDrain,
      gapRecord: (lost, reason) =>
        this.#encode('stderr', Buffer.from(`tsdocker: ${lost} lines are missing here: ${reason}\n`), this.#clock.now()),
    });
  }

  write(stream: OutputName, chunk: Buffer): boolean {
    const time = this.#clock.now();
    let roomy = !this.#file.isFull;
    for (const line of this.#splitters[stream].push(chunk)) roomy = this.#append(stream, line, time);
    return roomy;
  }

  end(stream: OutputName): void {
    const rest = this.#splitters[stream].end();
    if (rest.length > 0) this.#append(stream, rest, this.#clock.now());
  }

  close(): Promise<void> {
    this.end('stdout');
    this.end('stderr');
    return this.#file.close();
  }

  #append(stream: OutputName, line: Buffer, time: string): boolean {
    const isWhole = line[line.length - 1] === 10;
    const began = this.#lineTimes[stream] ?? time;
    if (isWhole) delete this.#lineTimes[stream];
    else this.#lineTimes[stream] = began;
    if (this.#dropBeyond === undefined) return this.#file.append(this.#encode(stream, line, began));
    if (this.#file.pendingLength + line.length <= this.#dropBeyond) this.#file.append(this.#encode(stream, line, began));
    return true;
  }

  #encode(stream: OutputName, line: Buffer, time: string): string {
    return encodeRecord(line, stream, this.#attributes, time);
  }
}
