import { UserError } from '../../../core/errors.ts';

/** What `work` throws for the user gets this exit code, unless it brings its own (126, 127). */
export async function withExitCode<T>(exitCode: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== undefined) throw error;
    const { kind, code, message, hint, cause } = error;
    throw new UserError(kind, code, message, { ...(hint === undefined ? {} : { hint }), cause, exitCode });
  }
}
