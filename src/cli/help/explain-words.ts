import { UserError } from '../../core/errors.ts';
import { commandTable, isNoun, nouns } from '../command-table.ts';
import type { Globals } from '../globals.ts';
import type { Output } from '../output/output.ts';
import { isDockerCommand } from './docker-commands.ts';
import { nearest } from './nearest.ts';
import { nounHelp, programHelp } from './program-help.ts';

/**
 * For a line that names no command: prints the help that was asked for.
 * @throws UserError `COMMAND_UNKNOWN` with the nearest name, `COMMAND_MISSING` for what docker has and we do not, exit code 1
 */
export function explainWords(words: readonly string[], helpAsked: boolean, { programName }: Globals, out: Output): number {
  const [first, second] = words;
  if (first === undefined) {
    out.write(programHelp(programName));
    return 0;
  }
  if (!isNoun(first)) throw isDockerCommand('', first) ? missing(programName, first) : unknownCommand(programName, first);
  const verb = second?.startsWith('-') ? undefined : second;
  if (verb !== undefined && !helpAsked)
    throw isDockerCommand(first, verb) ? missing(programName, `${first} ${verb}`) : unknownVerb(programName, first, verb);
  out.write(nounHelp(programName, first));
  return 0;
}

function missing(program: string, command: string): UserError {
  return new UserError('unsupported', 'COMMAND_MISSING', `'${program} ${command}' is not supported yet`, { exitCode: 1 });
}

function unknownCommand(program: string, word: string): UserError {
  const names = commandTable.filter(entry => !entry.hidden).flatMap(entry => entry.names.filter(name => !name.includes(' ')));
  const guess = nearest(word, [...names, ...Object.keys(nouns)]);
  return new UserError('invalid', 'COMMAND_UNKNOWN', `'${word}' is not a docker command.`, {
    hint: guess === undefined ? `${program} --help` : `${program} ${guess}   (or ${program} --help)`,
    exitCode: 1,
  });
}

function unknownVerb(program: string, noun: string, verb: string): UserError {
  const verbs = commandTable.flatMap(entry =>
    entry.names.filter(name => name.startsWith(`${noun} `)).map(name => name.slice(noun.length + 1)),
  );
  const guess = nearest(verb, verbs);
  return new UserError('invalid', 'COMMAND_UNKNOWN', `'${noun} ${verb}' is not a docker command.`, {
    hint: `${program} ${noun} ${guess ?? '--help'}`,
    exitCode: 1,
  });
}
