import type { Context } from '../../define-command.ts';
import { reportError } from '../../output/report-error.ts';

/** As many as docker's client works on at once. */
const atOnce = 50;

interface Outcome {
  /** Printed when it went well; undefined for nothing. */
  readonly line?: string | undefined;
  readonly error?: unknown;
}

/**
 * Does `action` to each container named and prints, in that order, the text it answers, nothing for null, and else the
 * name as it was typed. A failure is
 * printed and the others go on.
 * @returns the exit code, and who failed
 */
export async function eachContainer(
  context: Context,
  refs: readonly string[],
  action: (ref: string) => Promise<unknown>,
  options: { readonly oneByOne?: boolean } = {},
): Promise<{ exitCode: number; failed: string[] }> {
  const limit = options.oneByOne ? 1 : atOnce;
  const failed: string[] = [];
  for (let first = 0; first < refs.length; first += limit) {
    const batch = refs.slice(first, first + limit);
    const outcomes = batch.map(ref => attempt(ref, action));
    for (const [index, outcome] of outcomes.entries()) {
      const { line, error } = await outcome;
      if (line !== undefined) context.out.line(line);
      if (error === undefined) continue;
      printFailure(context, error);
      failed.push(batch[index] ?? '');
    }
  }
  return { exitCode: failed.length > 0 ? 1 : 0, failed };
}

export function printFailure({ out, globals }: Context, error: unknown): void {
  reportError(error, out, { programName: globals.programName, debug: globals.debug });
}

async function attempt(ref: string, action: (ref: string) => Promise<unknown>): Promise<Outcome> {
  try {
    const line = await action(ref);
    if (line === null) return {};
    return { line: typeof line === 'string' ? line : ref };
  } catch (error) {
    return { error: error ?? new Error('unknown failure') };
  }
}
