import { UserError } from '../../core/errors.ts';
import type { Flag, Flags } from '../define-command.ts';
import { exitCodes, flagError } from './usage-error.ts';
import { parseBoolean, parseInteger } from './values.ts';

export interface Normalized {
  /** Every flag as `[long name, value]`, in order. */
  readonly flags: readonly (readonly [name: string, value: string])[];
  readonly words: readonly string[];
  readonly help: boolean;
}

export interface Grammar {
  readonly options: Flags;
  readonly unsupported: readonly string[];
  readonly stopAtFirstWord: boolean;
  /** For messages: `tsdocker run`. */
  readonly path: string;
}

/**
 * Reads a command line by the rules of Go's pflag, which docker uses and scripts rely on, and which yargs does not follow:
 * `-p8080:80`, `-itd`, `-e=A`, a boolean never eats the next word, a value may begin with a dash.
 * @throws UserError in docker's words, exit code 125
 */
export function normalize(argv: readonly string[], grammar: Grammar): Normalized {
  const lookup = new FlagLookup(grammar);
  const flags: [string, string][] = [];
  const words: string[] = [];
  let help = false;
  const queue = [...argv];
  const take = (): string | undefined => queue.shift();
  for (let token = take(); token !== undefined; token = take()) {
    if (token === '--') {
      words.push(...queue.splice(0));
    } else if (token === '-' || !token.startsWith('-')) {
      words.push(token);
      if (grammar.stopAtFirstWord) words.push(...queue.splice(0));
    } else if (token === '--help' && !grammar.options.help) {
      help = true;
    } else if (token.startsWith('--')) {
      flags.push(readLong(token, lookup, take));
    } else {
      const found = readShort(token, lookup, take);
      if (found === 'help') help = true;
      else flags.push(...found);
    }
  }
  return { flags, words, help };
}

type Take = () => string | undefined;

function readLong(token: string, lookup: FlagLookup, take: Take): [string, string] {
  const equals = token.indexOf('=');
  const name = token.slice(2, equals < 0 ? undefined : equals);
  if (name === '' || name.startsWith('-')) throw lookup.fail(`bad flag syntax: ${token}`);
  const flag = lookup.long(name);
  if (equals >= 0) return [name, lookup.check(name, token.slice(equals + 1))];
  const implied = impliedValue(flag);
  if (implied !== undefined) return [name, implied];
  const value = take();
  if (value === undefined) throw lookup.fail(`flag needs an argument: --${name}`);
  return [name, lookup.check(name, value)];
}

function readShort(token: string, lookup: FlagLookup, take: Take): [string, string][] | 'help' {
  const found: [string, string][] = [];
  let letters = token.slice(1);
  while (letters !== '') {
    const letter = letters.slice(0, 1);
    const rest = letters.slice(1);
    if (letter === 'h' && !lookup.has('h')) return 'help';
    const [name, flag] = lookup.short(letter, letters);
    const implied = impliedValue(flag);
    if (rest.startsWith('=')) {
      found.push([name, lookup.check(name, rest.slice(1))]);
      return found;
    }
    if (implied !== undefined) {
      found.push([name, implied]);
      letters = rest;
      continue;
    }
    const value = rest === '' ? take() : rest;
    if (value === undefined) throw lookup.fail(`flag needs an argument: '${letter}' in -${letters}`);
    found.push([name, lookup.check(name, value)]);
    return found;
  }
  return found;
}

function impliedValue(flag: Flag): string | undefined {
  return flag.type === 'boolean' ? 'true' : flag.optionalValue;
}

class FlagLookup {
  readonly #grammar: Grammar;
  readonly #byLetter = new Map<string, string>();
  readonly #refused = new Map<string, string>();

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
    for (const [name, flag] of Object.entries(grammar.options)) if (flag.alias) this.#byLetter.set(flag.alias, name);
    for (const spelling of grammar.unsupported) {
      const names = spelling.split(', ');
      for (const name of names) this.#refused.set(name, names.at(-1) ?? spelling);
    }
  }

  has(letter: string): boolean {
    return this.#byLetter.has(letter) || this.#refused.has(`-${letter}`);
  }

  long(name: string): Flag {
    if (Object.hasOwn(this.#grammar.options, name)) {
      const flag = this.#grammar.options[name];
      if (flag) return flag;
    }
    this.#refuse(`--${name}`);
    throw this.fail(`unknown flag: --${name}`);
  }

  short(letter: string, letters: string): [string, Flag] {
    const name = this.#byLetter.get(letter);
    if (name !== undefined) return [name, this.long(name)];
    this.#refuse(`-${letter}`);
    throw this.fail(`unknown shorthand flag: '${letter}' in -${letters}`);
  }

  /** The value, in its one canonical spelling. */
  check(name: string, value: string): string {
    const flag = this.long(name);
    const problem = (reason: string): UserError =>
      this.fail(`invalid argument ${JSON.stringify(value)} for "${spellingOf(name, flag)}" flag: ${reason}`);
    if (flag.type === 'boolean') return String(parseBoolean(value, problem));
    if (flag.type === 'number') return String(parseInteger(value, problem));
    if (flag.choices && !flag.choices.includes(value)) throw problem(`must be one of ${flag.choices.join(', ')}`);
    return value;
  }

  fail(sentence: string): UserError {
    return flagError(this.#grammar.path, sentence);
  }

  #refuse(spelling: string): void {
    const name = this.#refused.get(spelling);
    if (name !== undefined)
      throw new UserError('unsupported', 'FLAG_UNSUPPORTED', `${name} is not supported yet`, {
        exitCode: exitCodes.flag,
      });
  }
}

function spellingOf(name: string, flag: Flag): string {
  return flag.alias ? `-${flag.alias}, --${name}` : `--${name}`;
}
