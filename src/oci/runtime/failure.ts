import { UserError } from '../../core/errors.ts';

interface Failure {
  readonly pattern: RegExp;
  readonly exitCode: number;
  readonly code: string;
  readonly text: (program: string) => string;
}

const failures: readonly Failure[] = [
  {
    pattern: /executable file .*not found in \$PATH|executable file not found/i,
    exitCode: 127,
    code: 'COMMAND_NOT_FOUND',
    text: notFound,
  },
  {
    pattern: /exec format error/i,
    exitCode: 126,
    code: 'WRONG_ARCHITECTURE',
    text: program => `exec ${program}: exec format error: the program is built for another architecture, or is a script without #!`,
  },
  {
    pattern: /is a directory|is not a regular file/i,
    exitCode: 126,
    code: 'COMMAND_IS_DIRECTORY',
    text: program => `exec: "${program}": is a directory`,
  },
  // Only where the program itself is named: a refused mount or device is the engine's failure, not the command's.
  {
    pattern:
      /exec: "[^"]*": permission denied|(open executable|exec container process [^:]*|execve[^:]*): (permission denied|operation not permitted)|exists but it is not executable/i,
    exitCode: 126,
    code: 'COMMAND_NOT_EXECUTABLE',
    text: program => `exec: "${program}": permission denied`,
  },
  {
    pattern:
      /exec: "[^"]*": (stat .*)?no such file or directory|(open executable|exec container process [^:]*|execve[^:]*): no such file or directory/i,
    exitCode: 127,
    code: 'COMMAND_NOT_FOUND',
    text: notFound,
  },
];

/** With a slash there was no search. */
function notFound(program: string): string {
  return `exec: "${program}": ${program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'}`;
}

/** Docker's exit code and words for what a runtime said. `program` is the command as the user gave it. */
export function classifyFailure(message: string, program: string | undefined, verb: 'create' | 'exec' = 'create'): UserError {
  const known = program === undefined ? undefined : failures.find(failure => failure.pattern.test(message));
  if (known && program !== undefined)
    return new UserError('invalid', known.code, `OCI runtime ${verb} failed: ${known.text(program)}`, { exitCode: known.exitCode });
  return new UserError('external', 'RUNTIME_FAILED', `OCI runtime failed: ${message || 'it gave no reason'}`, { exitCode: 125 });
}
