import type { ErrorKind } from '../../core/errors.ts';

/** Exit codes of failed commands; run, create and exec bring their own (125, 126, 127) in the error. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  'not-found': 1,
  conflict: 1,
  invalid: 1,
  unsupported: 1,
  unavailable: 1,
  external: 1,
};

/** For a mistake of ours; docker's code for "the engine itself failed". */
export const bugExitCode = 125;
