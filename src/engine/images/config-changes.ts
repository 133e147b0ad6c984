import { posix } from 'node:path';
import { expandWord, parseExecForm, splitWords } from '../../core/dockerfile-words.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageRunConfig } from '../../core/oci-image.ts';
import { signalNumber } from '../../core/signals.ts';
import { parseExposedPorts } from './exposed-ports.ts';
import { parseHealthInstruction } from './health-instruction.ts';

/** What one instruction is applied to, and with. */
interface Step {
  readonly config: ImageRunConfig;
  /** Everything after the instruction's name, trimmed. */
  readonly rest: string;
  readonly name: string;
  /** A command was given before: an entrypoint then leaves it alone. */
  readonly commandGiven: boolean;
}

type Apply = (step: Step) => Partial<ImageRunConfig>;

/** Those that change a config and nothing else: moby builder/dockerfile/builder.go, `validCommitCommands`. */
const instructions: Readonly<Record<string, Apply>> = {
  CMD: step => ({ Cmd: commandOf(step) }),
  ENTRYPOINT: step => ({ Entrypoint: commandOf(step), ...(step.commandGiven ? {} : { Cmd: null }) }),
  ENV: ({ config, rest, name }) => ({ Env: pairsOf(rest, name, config).reduce(setVariable, [...(config.Env ?? [])]) }),
  EXPOSE: ({ config, rest }) => ({
    ExposedPorts: { ...config.ExposedPorts, ...keys(wordsOf(rest, config).flatMap(parseExposedPorts)) },
  }),
  HEALTHCHECK: ({ rest }) => ({ Healthcheck: parseHealthInstruction(rest) }),
  LABEL: ({ config, rest, name }) => ({ Labels: { ...config.Labels, ...Object.fromEntries(pairsOf(rest, name, config)) } }),
  ONBUILD: ({ config, rest }) => ({ OnBuild: [...(config.OnBuild ?? []), checkTrigger(rest)] }),
  STOPSIGNAL: step => ({ StopSignal: checkSignal(onlyWordOf(step)) }),
  USER: step => ({ User: onlyWordOf(step) }),
  VOLUME: ({ config, rest }) => ({ Volumes: { ...config.Volumes, ...keys(volumesOf(rest, config)) } }),
  WORKDIR: step => ({ WorkingDir: absoluteFolder(step.config.WorkingDir ?? '', onlyWordOf(step)) }),
};

const oneWord = ['STOPSIGNAL', 'USER', 'WORKDIR'];

/**
 * Applies Dockerfile instructions, as `import --change` and `commit --change` take them, to an image's config.
 * @throws UserError `INVALID_CHANGE`, `INVALID_DOCKERFILE` in docker's words
 */
export function applyChanges(start: ImageRunConfig, changes: readonly string[]): ImageRunConfig {
  let config = start;
  let commandGiven = false;
  for (const line of linesOf(changes)) {
    const [word = ''] = line.split(/\s/, 1);
    const name = word.toUpperCase();
    const apply = Object.hasOwn(instructions, name) ? instructions[name] : undefined;
    if (!apply) throw invalid(`${word} is not a valid change command`);
    const rest = line.slice(word.length).trim();
    if (rest === '') throw invalid(`${name} requires ${oneWord.includes(name) ? 'exactly' : 'at least'} one argument`);
    config = { ...config, ...apply({ config, rest, name, commandGiven }) };
    commandGiven ||= name === 'CMD';
  }
  return config;
}

/** One instruction each; a backslash at the end of a line goes on in the next, comments are no instructions. */
function linesOf(changes: readonly string[]): string[] {
  return changes
    .join('\n')
    .replace(/\\[ \t]*\n/g, '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
}

function commandOf({ config, rest }: Step): string[] {
  return parseExecForm(rest) ?? [...(config.Shell ?? ['/bin/sh', '-c']), rest];
}

/** `A=1 B="x y"`, or the old form `A the rest`. */
function pairsOf(rest: string, name: string, config: ImageRunConfig): [string, string][] {
  const variables = variablesOf(config);
  const [first = '', ...others] = splitWords(rest);
  const pairs = first.includes('=') ? [first, ...others].map(splitPair) : [oldStylePair(rest, first, name)];
  return pairs.map(([key, value]) => [checkName(expandWord(key, variables), name), expandWord(value, variables)]);
}

function splitPair(word: string): [string, string] {
  const index = word.indexOf('=');
  if (index >= 0) return [word.slice(0, index), word.slice(index + 1)];
  throw invalid(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`);
}

function oldStylePair(rest: string, first: string, name: string): [string, string] {
  const value = rest.slice(first.length).trim();
  if (value === '') throw invalid(`${name} must have two arguments`);
  return [first, value];
}

function checkName(key: string, name: string): string {
  if (key === '') throw invalid(`${name} names can not be blank`);
  return key;
}

function setVariable(env: readonly string[], [key, value]: readonly [string, string]): string[] {
  const entry = `${key}=${value}`;
  const index = env.findIndex(other => other.startsWith(`${key}=`));
  return index < 0 ? [...env, entry] : env.with(index, entry);
}

function wordsOf(rest: string, config: ImageRunConfig): string[] {
  const variables = variablesOf(config);
  return splitWords(rest).flatMap(word => splitWords(expandWord(word, variables)));
}

function volumesOf(rest: string, config: ImageRunConfig): string[] {
  const variables = variablesOf(config);
  const paths = (parseExecForm(rest) ?? splitWords(rest)).map(path => expandWord(path, variables).trim());
  if (paths.includes('')) throw invalid('VOLUME specified can not be an empty string');
  return paths;
}

function onlyWordOf({ rest, config }: Step): string {
  return expandWord(rest, variablesOf(config));
}

function absoluteFolder(current: string, wanted: string): string {
  return posix.resolve('/', current, wanted);
}

function checkSignal(text: string): string {
  signalNumber(text);
  return text;
}

function checkTrigger(text: string): string {
  const trigger = (text.split(/\s/, 1)[0] ?? '').toUpperCase();
  if (trigger === 'ONBUILD') throw invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === 'FROM' || trigger === 'MAINTAINER') throw invalid(`${trigger} isn't allowed as an ONBUILD trigger`);
  return text;
}

function variablesOf(config: ImageRunConfig): ReadonlyMap<string, string> {
  return new Map((config.Env ?? []).map(entry => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)]));
}

function keys(names: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map(name => [name, {}]));
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_CHANGE', message);
}
