import { parseError } from './template-error.ts';

export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'string'
  | 'number'
  | 'character'
  | 'dot'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'comma'
  | 'open'
  | 'close'
  | 'space'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'nil', 'range', 'template', 'with']);

/** What may stand in an action, tried in this order. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\.)+'/y],
  ['number', /[+-]?(?:0[xX][\da-fA-F_]+|\.?\d[\w.]*(?:[eE][+-]?\d+)?)/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['identifier', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
];

/** @throws UserError in Go's words */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    let trimNext = false;
    for (;;) {
      const start = this.#source.indexOf('{{', this.#offset);
      const trimsBefore = start >= 0 && this.#trimsAfterLeft(start);
      this.#text(start, trimNext, trimsBefore);
      if (start < 0) break;
      this.#offset = start;
      trimNext = this.#action(trimsBefore);
    }
    this.#push('end', '');
    return this.#tokens;
  }

  /** `{{- ` with a space after the dash; `{{-3}}` is a number. */
  #trimsAfterLeft(start: number): boolean {
    return /^\{\{-[ \t\r\n]/.test(this.#source.slice(start, start + 4));
  }

  #text(until: number, trimStart: boolean, trimEnd: boolean): void {
    let text = this.#source.slice(this.#offset, until < 0 ? undefined : until);
    if (trimStart) text = text.replace(/^[ \t\r\n]+/, '');
    if (trimEnd) text = text.replace(/[ \t\r\n]+$/, '');
    if (text !== '') this.#push('text', text);
  }

  /** Answers whether the text after it loses its leading space. */
  #action(trimsBefore: boolean): boolean {
    const inner = this.#offset + (trimsBefore ? 3 : 2);
    const comment = /[ \t\r\n]*\/\*/y;
    comment.lastIndex = trimsBefore ? inner : this.#offset + 2;
    if (comment.test(this.#source)) return this.#comment(comment.lastIndex);
    this.#push('left', '{{');
    this.#offset = inner;
    for (;;) {
      const end = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#source.slice(this.#offset, this.#offset + 4));
      if (end) {
        this.#push('right', '}}');
        this.#offset += end[0].length;
        return end[0].length > 2;
      }
      this.#next();
    }
  }

  #comment(from: number): boolean {
    const close = this.#source.indexOf('*/', from);
    if (close < 0) throw this.#fail('unclosed comment');
    const after = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#source.slice(close + 2, close + 6));
    if (!after) throw this.#fail('comment ends before closing delimiter');
    this.#offset = close + 2 + after[0].length;
    return after[0].length > 2;
  }

  #next(): void {
    if (this.#offset >= this.#source.length) throw this.#fail('unclosed action');
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = this.#offset;
      const text = pattern.exec(this.#source)?.[0];
      if (text === undefined) continue;
      this.#push(kind === 'identifier' && keywords.has(text) ? 'keyword' : kind, kind === 'space' ? this.#spaceBeforeTrim(text) : text);
      this.#offset += this.#tokens.at(-1)?.text.length ?? 0;
      return;
    }
    throw this.#fail(this.#describeBad());
  }

  /** The last blank of ` -}}` belongs to the trim mark. */
  #spaceBeforeTrim(text: string): string {
    const next = this.#offset + text.length;
    return text.length > 1 && this.#source.startsWith('-}}', next) ? text.slice(0, -1) : text;
  }

  #describeBad(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#offset) ?? 0);
    if (character === '"') return 'unterminated quoted string';
    if (character === '`') return 'unterminated raw quoted string';
    if (character === "'") return 'unterminated character constant';
    if (character === ':') return 'expected :=';
    const point = character.codePointAt(0) ?? 0;
    const hex = point.toString(16).toUpperCase().padStart(4, '0');
    return `unexpected bad character U+${hex} '${character}' in command`;
  }

  #push(kind: TokenKind, text: string): void {
    this.#countLines();
    const offset = this.#offset;
    this.#tokens.push({ kind, text, line: this.#line, column: offset - this.#lineStart, offset });
  }

  /** Up to where the lexer stands now. */
  #countLines(): void {
    for (let end = this.#source.indexOf('\n', this.#lineStart); end >= 0 && end < this.#offset; end = this.#source.indexOf('\n', end + 1)) {
      this.#line += 1;
      this.#lineStart = end + 1;
    }
  }

  #fail(what: string): Error {
    const line = this.#source.slice(0, this.#offset).split('\n').length;
    return parseError(line, what);
  }
}
