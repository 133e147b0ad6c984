import { UserError } from '../../core/errors.ts';
import type { Context } from '../define-command.ts';
import { reportError } from '../output/report-error.ts';

/**
 * Does the same for every word, as docker does for `rm a b c`: one that fails is told and the others go on.
 * Answers the exit code: the first failure's, else 0. A bug stops it.
 */
export async function forEachWord(words: readonly string[], context: Context, act: (word: string) => Promise<void>): Promise<number> {
  let exitCode = 0;
  for (const word of words) {
    try {
      await act(word);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const code = reportError(error, context.out, context.globals);
      if (exitCode === 0) exitCode = code;
    }
  }
  return exitCode;
}
