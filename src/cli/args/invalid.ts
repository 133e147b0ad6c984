import { UserError } from '../../core/errors.ts';

/** A value that can't be used; docker's sentence, the command decides the exit code. */
export function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_ARGUMENT', message);
}

/** pflag's sentence for a flag whose value can't be read; exit code 125 for every command. */
export function invalidFlag(flag: string, value: string, reason: string): UserError {
  return new UserError('invalid', 'INVALID_FLAG', `invalid argument ${JSON.stringify(value)} for "${flag}" flag: ${reason}`, {
    exitCode: 125,
  });
}

/** Runs `parse`, and turns its sentence into pflag's about `flag`. */
export function parsedFlag<T>(flag: string, value: string, parse: (value: string) => T): T {
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof UserError && error.code === 'INVALID_ARGUMENT') throw invalidFlag(flag, value, error.message);
    throw error;
  }
}
