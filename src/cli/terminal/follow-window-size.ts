import type { Writable } from 'node:stream';
import { isTerminalOutput, windowSize } from './terminal-stream.ts';

/** Tells `resize` of every change of the terminal's window, until the answer is called. */
export function followWindowSize(streams: readonly Writable[], resize: (columns: number, rows: number) => void): () => void {
  const terminal = streams.find(isTerminalOutput);
  if (!terminal) return () => {};
  const changed = (): void => {
    const size = windowSize(terminal);
    if (size) resize(size.columns, size.rows);
  };
  terminal.on('resize', changed);
  return () => void terminal.off('resize', changed);
}
