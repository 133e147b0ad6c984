import type { ReadStream } from 'node:tty';

/** What ends this process from outside, unless someone else listens; the terminal must be itself again before that. */
const deadly = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/**
 * Hands every key to the program unread (no echo, no line editing, no signals from keys). The answer puts the terminal back and may
 * be called twice; it is put back too when the process ends by exit, by an uncaught error or by a signal.
 */
export function enterRawMode(terminal: ReadStream): () => void {
  terminal.setRawMode(true);
  const restore = (): void => {
    process.off('exit', restore);
    for (const signal of deadly) process.off(signal, die);
    if (terminal.isRaw) terminal.setRawMode(false);
  };
  const die = (signal: NodeJS.Signals): void => {
    restore();
    // With our listener gone the signal has its plain effect, and the parent sees what killed us.
    process.kill(process.pid, signal);
  };
  process.once('exit', restore);
  for (const signal of deadly) process.on(signal, die);
  return restore;
}
