import * as v from 'valibot';
import type { LogEntry } from '../types.ts';

const Record = v.object({
  log: v.string(),
  stream: v.picklist(['stdout', 'stderr']),
  time: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)),
  attrs: v.optional(v.record(v.string(), v.string())),
});

/** How every record begins. Inside a record's text the quotes are escaped, so that a container cannot write this. */
const recordStart = Buffer.from('{"log":"');
/** Longer ones are not ours and are passed over; ours are cut at 16 KiB of text. */
const longestRecord = 16 * 1024 * 1024;

/** The entry that one line of a log file holds, or nothing where it is damaged. */
export function decodeRecord(line: Buffer): LogEntry | undefined {
  // A monitor or machine that died leaves half a record, or a hole of NULs, in front of the next whole one.
  const start = line.lastIndexOf(recordStart);
  if (start === -1) return undefined;
  const parsed = v.safeParse(Record, parseJson(line.toString('utf8', start)));
  if (!parsed.success) return undefined;
  const { log, stream, time, attrs } = parsed.output;
  return { stream, line: Buffer.from(log), time: withNineDigits(time), attrs: attrs ?? {} };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withNineDigits(time: string): string {
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(time)?.[0] ?? 'Z';
  const [seconds = '', fraction = ''] = time.slice(0, -zone.length).split('.');
  return `${seconds}.${fraction.padEnd(9, '0').slice(0, 9)}${zone}`;
}

/** Cuts what is read from a log file into its lines, newline left out. */
export class RecordCutter {
  #pieces: Buffer[] = [];
  #length = 0;

  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      yield this.#finish(chunk.subarray(start, at));
      start = at + 1;
    }
    if (start === chunk.length) return;
    this.#length += chunk.length - start;
    if (this.#length <= longestRecord) this.#pieces.push(chunk.subarray(start));
    else this.#pieces = [];
  }

  #finish(end: Buffer): Buffer {
    const isTooLong = this.#length + end.length > longestRecord;
    const line = isTooLong ? Buffer.alloc(0) : this.#pieces.length === 0 ? end : Buffer.concat([...this.#pieces, end]);
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
