import { UserError } from './errors.ts';

/**
 * Cuts at blanks that are neither quoted nor escaped; quotes and escapes stay in the words (buildkit
 * frontend/dockerfile/parser/line_parsers.go, `parseWords`).
 */
export function splitWords(text: string): string[] {
  return text.match(/(?:\\[\s\S]|'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?|[^\s'"\\]|\\$)+/g) ?? [];
}

/** The list of a JSON array of strings, or undefined for anything else: then the text is meant in its shell form. */
export function parseExecForm(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

type Variables = ReadonlyMap<string, string>;

/**
 * Takes quotes and escapes away and puts variables in: `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`, `${NAME:?word}` and the
 * forms without the colon, which take an empty value for a value. Nothing is put in between single quotes. An unset variable is empty.
 * @throws UserError `INVALID_DOCKERFILE`
 */
export function expandWord(word: string, variables: Variables): string {
  return new WordReader(word, variables).read('');
}

class WordReader {
  readonly #text: string;
  readonly #variables: Variables;
  #at = 0;

  constructor(text: string, variables: Variables) {
    this.#text = text;
    this.#variables = variables;
  }

  /** Up to `end` (which is consumed), or to the end of the text for ''. */
  read(end: string): string {
    let out = '';
    while (this.#at < this.#text.length) {
      const char = this.#take();
      if (char === end) return out;
      if (char === "'") out += this.#singleQuoted();
      else if (char === '"') out += this.#doubleQuoted();
      else if (char === '$') out += this.#variable();
      else if (char === '\\') out += this.#take();
      else out += char;
    }
    if (end === '') return out;
    throw invalid(`syntax error: missing ${JSON.stringify(end)} in ${JSON.stringify(this.#text)}`);
  }

  #take(): string {
    return this.#text[this.#at++] ?? '';
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) throw invalid('unexpected end of statement while looking for matching single-quote');
    const quoted = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return quoted;
  }

  /** A backslash escapes only what would mean something here, as in a shell. */
  #doubleQuoted(): string {
    let out = '';
    while (this.#at < this.#text.length) {
      const char = this.#take();
      if (char === '"') return out;
      if (char === '$') out += this.#variable();
      else if (char === '\\') {
        const next = this.#take();
        out += '"$\\'.includes(next) ? next : `\\${next}`;
      } else out += char;
    }
    throw invalid('unexpected end of statement while looking for matching double-quote');
  }

  #variable(): string {
    if (this.#text[this.#at] !== '{') {
      const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*|[0-9@*#]/y);
      return name === '' ? '$' : (this.#variables.get(name) ?? '');
    }
    this.#at++;
    const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*|[0-9@*#]/y);
    const operator = this.#match(/:?[-+?]|\}/y);
    if (name === '' || operator === '') throw invalid(`syntax error: bad substitution in ${JSON.stringify(this.#text)}`);
    return operator === '}' ? (this.#variables.get(name) ?? '') : this.#modified(name, operator);
  }

  #modified(name: string, operator: string): string {
    const word = this.read('}');
    const value = this.#variables.get(name);
    const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.endsWith('+')) return isSet ? word : '';
    if (isSet) return value;
    if (operator.endsWith('-')) return word;
    throw invalid(`${name}: ${word || 'not allowed to be unset'}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_DOCKERFILE', message);
}
