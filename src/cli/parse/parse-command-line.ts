import { UserError } from '../../core/errors.ts';
import type { Command, Flag, ParsedArgs } from '../define-command.ts';
import { normalize } from './normalize.ts';
import { exitCodes } from './usage-error.ts';

/** What follows a command's name on its line, or that its help was asked for. */
export type CommandLine = { readonly help: true } | { readonly help: false; readonly args: ParsedArgs };

/**
 * @param path the command as the user typed it, for messages: `tsdocker image ls`
 * @throws UserError in docker's words
 */
export function parseCommandLine(command: Command, path: string, argv: readonly string[]): CommandLine {
  const line = normalize(argv, { ...command, path });
  if (line.help) return { help: true };
  checkWords(command, path, line.words.length);
  return {
    help: false,
    args: {
      flags: readFlags(command, line.flags),
      words: line.words,
      given: new Set(line.flags.map(([name]) => name)),
    },
  };
}

/**
 * The values that `normalize` checked, with types and defaults. Not by yargs, which renders the help: its parser drops the
 * quotes of `--format='"{{.ID}}"'` and the empty value of `-e=`, and takes 80 ms to load before a container may start.
 */
function readFlags(command: Command, flags: readonly (readonly [string, string])[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(command.options))
    values[name] = valueFrom(
      flag,
      flags.filter(([given]) => given === name).map(([, value]) => value),
    );
  return values;
}

/** As in docker, the last of several values counts, but for lists. */
function valueFrom(flag: Flag, given: readonly string[]): unknown {
  if (flag.array) return given;
  const last = given.at(-1);
  if (last === undefined) return flag.default ?? (flag.type === 'boolean' ? false : undefined);
  if (flag.type === 'boolean') return last === 'true';
  return flag.type === 'number' ? Number(last) : last;
}

function checkWords(command: Command, path: string, count: number): void {
  const { min, max } = command.words;
  const rule = wordRule(min, max, count);
  if (!rule) return;
  throw new UserError('invalid', 'USAGE', `"${path}" ${rule}.`, {
    hint: `See '${path} --help'.\n\nUsage:  ${path} ${command.usage}\n\n${command.describe}`,
    exitCode: exitCodes.words,
  });
}

/** cobra's wording in the docker CLI (cli/required.go), or undefined when the count fits. */
function wordRule(min: number, max: number | undefined, count: number): string | undefined {
  if (count >= min && (max === undefined || count <= max)) return undefined;
  const plural = (n: number): string => `${n} ${n === 1 ? 'argument' : 'arguments'}`;
  if (max === 0) return 'accepts no arguments';
  if (min === max) return `requires exactly ${plural(min)}`;
  if (min > 0 && max !== undefined) return `requires at least ${min} and at most ${plural(max)}`;
  if (max !== undefined && count > max) return `requires at most ${plural(max)}`;
  return `requires at least ${plural(min)}`;
}
