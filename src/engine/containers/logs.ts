import type { LogEntry, LogOptions } from '../types.ts';
import { type LogWatch, watchLog } from './log-follow.ts';
import { decodeRecord, RecordCutter } from './log-records.ts';
import { closeLogSegments, type LogSegment, openLogSegments } from './log-segments.ts';
import { findTail, readCompressed, readPlain, type TailStart } from './log-tail.ts';

/**
 * What a container wrote, oldest first, from its log file at `path` and the files it was rotated to. A damaged record is passed
 * over. With `follow` it goes on as the file grows; `ended` aborts when the container has stopped (its log is complete by then),
 * and what is in the file at that time still comes.
 * Leaving the loop closes all files. @throws system errors for a file that cannot be read
 */
export async function* readLogs(path: string, options: LogOptions, ended: AbortSignal): AsyncGenerator<LogEntry> {
  const watch = options.follow ? watchLog(path, untilSignal(options.until, ended)) : undefined;
  const segments = openLogSegments(path);
  try {
    const start: TailStart = options.tail === undefined ? { segment: 0, offset: 0, skip: 0 } : await findTail(segments, options.tail);
    const lines = readLines(path, segments, start, watch);
    for await (const line of lines) {
      const entry = decodeRecord(line);
      if (entry === undefined) continue;
      const time = Date.parse(entry.time);
      if (options.until !== undefined && time > options.until.getTime()) return;
      if (isWanted(entry, time, options)) yield entry;
    }
  } finally {
    watch?.close();
    closeLogSegments(segments);
  }
}

function isWanted(entry: LogEntry, time: number, { since, ...streams }: LogOptions): boolean {
  return streams[entry.stream] && (since === undefined || time >= since.getTime());
}

/** Rotated files that a slow reader holds open at most; one slower than that loses what rotation removes. */
const heldOpen = 64;

/** The lines of `segments` from `start` on, then of newer files. Opens those as soon as it is told of them, before a next rotation removes them. */
async function* readLines(path: string, segments: LogSegment[], start: TailStart, watch: LogWatch | undefined): AsyncGenerator<Buffer> {
  const openNewer = () => {
    if (segments.length < heldOpen) segments.push(...openLogSegments(path, segments.at(-1)));
  };
  watch?.onRotation(openNewer);
  closeLogSegments(segments.splice(0, start.segment));
  let reader = new SegmentReader(segments[0], start);
  for (;;) {
    // Both are asked before reading to the end: what comes after that is read the next time round.
    const isLast = segments.length <= 1;
    const change = watch?.change();
    yield* reader.rest();
    if (!isLast) {
      closeLogSegments(segments.splice(0, 1));
      reader = new SegmentReader(segments[0], { offset: 0, skip: 0 });
    } else if (change === undefined || change === 'ended') return;
    else {
      openNewer();
      if (segments.length <= 1) await change;
      if (reader.isEmpty) reader = new SegmentReader(segments[0], { offset: 0, skip: 0 });
    }
  }
}

/** Remembers how far one file was read. */
class SegmentReader {
  readonly #segment: LogSegment | undefined;
  readonly #cutter = new RecordCutter();
  #offset: number;
  #skip: number;

  constructor(segment: LogSegment | undefined, { offset, skip }: Pick<TailStart, 'offset' | 'skip'>) {
    this.#segment = segment;
    this.#offset = offset;
    this.#skip = skip;
  }

  /** There was no file yet. */
  get isEmpty(): boolean {
    return this.#segment === undefined;
  }

  /** The whole lines from where it stopped to where the file ends now. */
  async *rest(): AsyncGenerator<Buffer> {
    if (this.#segment === undefined) return;
    const chunks = this.#segment.isCompressed ? readCompressed(this.#segment) : readPlain(this.#segment.fd, this.#offset);
    for await (const chunk of chunks) {
      this.#offset += chunk.length;
      for (const line of this.#cutter.push(chunk)) if (this.#skip-- <= 0) yield line;
    }
  }
}

/** Aborts at the time `until`, when nothing newer can be wanted, or with `ended`. */
function untilSignal(until: Date | undefined, ended: AbortSignal): AbortSignal {
  if (until === undefined) return ended;
  const leftMs = Math.max(0, until.getTime() - Date.now());
  return leftMs > 2 ** 31 - 1 ? ended : AbortSignal.any([ended, AbortSignal.timeout(leftMs)]);
}
