import { type Token, tokenize } from './lexer.ts';
import { type Place, parseError } from './template-error.ts';

/** The tokens of a template with a place in them, and what the parser says of that place. */
export class TokenStream {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  /** Past the end it answers the end token again and again. */
  peek(): Token {
    const token = this.#tokens[this.#position] ?? this.#tokens.at(-1);
    if (!token) throw new Error('a template has at least its end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  back(): void {
    this.#position -= 1;
  }

  mark(): number {
    return this.#position;
  }

  rewind(mark: number): void {
    this.#position = mark;
  }

  peekPastSpace(): Token {
    while (this.peek().kind === 'space') this.#position += 1;
    return this.peek();
  }

  nextPastSpace(): Token {
    this.peekPastSpace();
    return this.next();
  }

  /** Where a node that began with this token lies, with its source up to here. */
  placeFrom({ line, column, offset }: Token): Place {
    return { line, column, text: this.#source.slice(offset, this.peek().offset).trim() };
  }

  unexpected(token: Token, context: string): Error {
    if (token.kind === 'close') return this.fail('unexpected right paren');
    if (token.kind === 'right' && context === 'parenthesized pipeline') return this.fail('unclosed left paren');
    const text = token.kind === 'keyword' ? `<${token.text}>` : JSON.stringify(token.text);
    return this.fail(`unexpected ${text} in ${context}`);
  }

  /** At the line of the token read last. */
  fail(what: string): Error {
    const at = this.#tokens[Math.max(0, this.#position - 1)];
    return parseError(at?.line ?? 1, what);
  }
}
