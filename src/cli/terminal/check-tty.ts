import type { Readable } from 'node:stream';
import { UserError } from '../../core/errors.ts';
import { isTerminalInput } from './terminal-stream.ts';

/** @throws UserError `NOT_A_TTY` where a process's terminal would get its keys from a pipe or file */
export function checkTty(stdin: Readable, attachStdin: boolean, tty: boolean): void {
  if (!attachStdin || !tty || isTerminalInput(stdin)) return;
  throw new UserError('invalid', 'NOT_A_TTY', 'the input device is not a TTY', {
    hint: 'leave -t away when input comes from a pipe or a file',
    exitCode: 1,
  });
}
