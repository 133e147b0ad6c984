import { UserError } from '../../core/errors.ts';
import type { Context } from '../define-command.ts';
import { parseTemplate } from '../go-template/index.ts';
import { printObjects } from '../output/print-object.ts';
import { forEachWord } from './for-each-word.ts';

/** Prints what was found, then tells what was not; answers the exit code. A template is checked before anything is looked up. */
export async function inspectEach(
  words: readonly string[],
  format: string | undefined,
  context: Context,
  inspect: (word: string) => Promise<object>,
): Promise<number> {
  if (format && format !== 'json') checkTemplate(format);
  const found: object[] = [];
  const failures: (() => Promise<never>)[] = [];
  for (const word of words) {
    await inspect(word).then(
      object => found.push(object),
      (error: unknown) => failures.push(() => Promise.reject(error)),
    );
  }
  printObjects(found, format, context.out);
  return await forEachWord([...failures.keys()].map(String), context, index => failures[Number(index)]?.() ?? Promise.resolve());
}

/** Docker's inspect ends with 64 for a template that can't be read. */
function checkTemplate(format: string): void {
  try {
    parseTemplate(format);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.kind, error.code, error.message, { exitCode: 64 });
    throw error;
  }
}
