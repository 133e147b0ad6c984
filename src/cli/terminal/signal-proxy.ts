import { constants } from 'node:os';

/**
 * What docker passes on, less what can't be caught (KILL, STOP), what speaks of this process alone (CHLD, PIPE, URG), what the
 * kernel raises for a fault of ours, and TTIN and TTOU: caught, they would make a background read fail instead of wait.
 */
const proxied = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGCONT',
  'SIGTSTP',
  'SIGWINCH',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const satisfies readonly NodeJS.Signals[];

/** Gives signals that this process gets to `send`, by number, until the answer is called. */
export function proxySignals(send: (signal: number) => void): () => void {
  const pass = (signal: NodeJS.Signals): void => send(constants.signals[signal]);
  for (const signal of proxied) process.on(signal, pass);
  return () => {
    for (const signal of proxied) process.off(signal, pass);
  };
}
