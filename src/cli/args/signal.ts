import { constants } from 'node:os';
import { invalid } from './invalid.ts';

const highest = 64;
const realtimeFirst = 34;

/** `KILL`, `SIGTERM`, `9`, `RTMIN+3`. @throws UserError in docker's words */
export function parseSignal(text: string): number {
  const number = signalNumber(text);
  if (number === undefined || number < 1 || number > highest) throw invalid(`invalid signal: ${text}`);
  return number;
}

function signalNumber(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, '');
  const realtime = /^RT(?:MIN(?:\+(\d{1,2}))?|MAX(?:-(\d{1,2}))?)$/.exec(name);
  if (realtime) {
    const value = name.startsWith('RTMIN') ? realtimeFirst + Number(realtime[1] ?? 0) : highest - Number(realtime[2] ?? 0);
    return value >= realtimeFirst ? value : undefined;
  }
  const known: Readonly<Record<string, number>> = constants.signals;
  return Object.hasOwn(known, `SIG${name}`) ? known[`SIG${name}`] : undefined;
}
