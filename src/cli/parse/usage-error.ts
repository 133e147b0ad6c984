import { UserError } from '../../core/errors.ts';

/** Docker ends with 125 for a flag it can't read and 1 for a wrong number of words, whatever the command. */
export const exitCodes = { flag: 125, words: 1 } as const;

export function flagError(path: string, sentence: string): UserError {
  return new UserError('invalid', 'USAGE', sentence, {
    hint: `See '${path} --help'.`,
    exitCode: exitCodes.flag,
  });
}
