import { signalNumber } from '../../../core/signals.ts';
import type { Args, Flags } from '../../define-command.ts';

/** Flags of `stop` and `restart`. */
export const stopFlags = {
  signal: { type: 'string', alias: 's', describe: 'Signal to send to the container' },
  timeout: { type: 'number', alias: 't', describe: 'Seconds to wait before killing the container' },
  time: { type: 'number', hidden: true, describe: 'Seconds to wait before killing the container' },
} as const satisfies Flags;

/** @throws UserError for a signal that doesn't exist */
export function stopOptions(args: Args<typeof stopFlags, 1>): { signal?: string; timeoutSeconds?: number } {
  const timeoutSeconds = args.timeout ?? args.time;
  if (args.signal) signalNumber(args.signal);
  return { ...(args.signal ? { signal: args.signal } : {}), ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
}
