import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import type { Output } from '../output/output.ts';

/** Asks and reads one line; only `y` and `yes` are a yes, the end of input is a no. */
export async function confirm(question: string, stdin: Readable, out: Output): Promise<boolean> {
  out.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
    stdin.pause();
  }
}
