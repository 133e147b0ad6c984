/** What went wrong, as far as a caller has to tell cases apart. Each skin maps a kind to its own code (exit code, HTTP status). */
export type ErrorKind = 'not-found' | 'conflict' | 'invalid' | 'unsupported' | 'unavailable' | 'external';

export interface ErrorDetails {
  /** The command or change that helps, as the user would type it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Exit code that docker has for this case, where it is not the verb's usual one (126, 127). */
  readonly exitCode?: number;
}

/**
 * A failure that the person at the prompt can act on: one sentence naming the path or value, and a hint where one helps.
 * Every other Error is a bug of ours and is shown as one.
 */
export class UserError extends Error {
  readonly kind: ErrorKind;
  /** Stable, e.g. `IMAGE_NOT_FOUND`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'UserError';
    this.kind = kind;
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode;
  }
}

/** The `code` of a system error (`ENOENT`), or undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** The message of whatever was thrown, without a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
