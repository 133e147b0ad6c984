import { inspect } from 'node:util';
import { UserError } from '../../core/errors.ts';
import { bugExitCode, exitCodes } from './exit-code.ts';
import type { Output } from './output.ts';

export interface ReportOptions {
  readonly programName: string;
  /** `--debug`: stacks and causes too. */
  readonly debug: boolean;
}

/** Tells the user what failed; answers the exit code. The only place that prints an error. */
export function reportError(error: unknown, out: Output, { programName, debug }: ReportOptions): number {
  if (!(error instanceof UserError)) return reportBug(error, out, programName);
  const usage = error.code === 'USAGE';
  out.error(usage ? error.message : `${programName}: ${error.message}`);
  if (error.hint !== undefined) out.error(usage ? error.hint : `Try: ${calledAs(error.hint, programName)}`);
  if (debug) out.error(inspect(error));
  return error.exitCode ?? exitCodes[error.kind];
}

/** Layers below name our commands in their hints, and can't know that this program is called `docker` here. */
function calledAs(hint: string, programName: string): string {
  return hint.replaceAll(/(?<![\w/.-])tsdocker(?= [a-z-])/g, programName);
}

function reportBug(error: unknown, out: Output, programName: string): number {
  out.error(`${programName}: this is a bug in ${programName}: ${String(error)}`);
  out.error(error instanceof Error && error.stack ? error.stack : inspect(error));
  out.error(`Please report it with the lines above and the output of '${programName} info'.`);
  return bugExitCode;
}
