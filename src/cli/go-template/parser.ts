import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { parseNumber, unquote } from './literals.ts';
import type { CommandNode, Node, Operand, Pipeline, TemplateTree } from './nodes.ts';
import { parseError } from './template-error.ts';

/** @throws UserError `TEMPLATE_SYNTAX` in Go's words */
export function parse(source: string, functionNames: ReadonlySet<string>): TemplateTree {
  return new Parser(source, functionNames).parse();
}

type Ending = 'end' | 'else' | 'eof';

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #definitions = new Map<string, readonly Node[]>();
  #position = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;

  constructor(source: string, functions: ReadonlySet<string>) {
    this.#source = source;
    this.#tokens = tokenize(source);
    this.#functions = functions;
  }

  parse(): TemplateTree {
    const { nodes, ending } = this.#list();
    if (ending !== 'eof') throw this.#fail(`unexpected {{${ending}}}`);
    return { body: nodes, definitions: this.#definitions };
  }

  /** Nodes up to `{{end}}`, `{{else` or the end of the text. */
  #list(): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'end') return { nodes, ending: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const word = this.#peekPastSpace();
      if (word.kind === 'keyword' && (word.text === 'end' || word.text === 'else')) {
        this.#nextPastSpace();
        if (word.text === 'end') this.#closeAction('end');
        return { nodes, ending: word.text };
      }
      const node = this.#action(word);
      if (node) nodes.push(node);
    }
  }

  #action(word: Token): Node | undefined {
    if (word.kind !== 'keyword' || word.text === 'nil') return { kind: 'action', pipe: this.#pipeline('command', 'right') };
    this.#nextPastSpace();
    switch (word.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(word.text);
      case 'break':
      case 'continue':
        return this.#jump(word.text);
      case 'template':
        return this.#template(word);
      case 'define':
        return this.#define();
      default:
        return this.#block(word);
    }
  }

  #jump(kind: 'break' | 'continue'): Node {
    if (this.#rangeDepth === 0) throw this.#fail(`{{${kind}}} outside {{range}}`);
    this.#closeAction(kind);
    return { kind };
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipeline(kind, 'right');
    if (kind === 'range') this.#rangeDepth += 1;
    const { nodes: body, ending } = this.#list();
    if (kind === 'range') this.#rangeDepth -= 1;
    const otherwise = ending === 'else' ? this.#otherwise(kind) : undefined;
    if (ending === 'eof') throw this.#fail('unexpected EOF');
    this.#variables.length = scope;
    return { kind, pipe, body, otherwise };
  }

  /** After `{{else`: a list up to `{{end}}`, or the chained `if` or `with` that shares it. */
  #otherwise(kind: 'if' | 'with' | 'range'): readonly Node[] {
    const next = this.#peekPastSpace();
    if (kind !== 'range' && next.kind === 'keyword' && next.text === kind) {
      this.#nextPastSpace();
      return [this.#control(kind)];
    }
    this.#closeAction('else');
    const { nodes, ending } = this.#list();
    if (ending === 'eof') throw this.#fail('unexpected EOF');
    if (ending === 'else') throw this.#fail('expected end; found {{else}}');
    return nodes;
  }

  #template(word: Token): Node {
    const name = this.#quotedName('template clause');
    const place = {
      line: word.line,
      column: word.column + 'template '.length,
      text: `{{template ${JSON.stringify(name)}}}`,
    };
    if (this.#peekPastSpace().kind === 'right') {
      this.#nextPastSpace();
      return { kind: 'template', place, name, pipe: undefined };
    }
    return {
      kind: 'template',
      place,
      name,
      pipe: this.#pipeline('template clause', 'right'),
    };
  }

  #define(): undefined {
    const name = this.#quotedName('define clause');
    this.#closeAction('define clause');
    this.#definitions.set(name, this.#ownScope());
  }

  #block(word: Token): Node {
    const name = this.#quotedName('block clause');
    const pipe = this.#pipeline('block clause', 'right');
    this.#definitions.set(name, this.#ownScope());
    const place = { line: word.line, column: word.column, text: name };
    return { kind: 'template', place, name, pipe };
  }

  /** A definition's body: it sees none of the variables around it. */
  #ownScope(): readonly Node[] {
    const outer = { variables: this.#variables, depth: this.#rangeDepth };
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const { nodes, ending } = this.#list();
    if (ending === 'eof') throw this.#fail('unexpected EOF');
    if (ending === 'else') throw this.#fail('unexpected {{else}}');
    this.#variables = outer.variables;
    this.#rangeDepth = outer.depth;
    return nodes;
  }

  #quotedName(context: string): string {
    const token = this.#nextPastSpace();
    const name = token.kind === 'string' ? unquote(token.text) : undefined;
    if (name === undefined) throw this.#unexpected(token, context);
    return name;
  }

  #pipeline(context: string, closing: TokenKind): Pipeline {
    const start = this.#peekPastSpace();
    const { variables, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#nextPastSpace();
      if (token.kind === closing) break;
      if (token.kind === 'close' || token.kind === 'right') throw this.#unexpected(token, context);
      this.#position -= 1;
      commands.push(this.#command(context));
    }
    this.#checkPipeline(commands, context);
    if (!assigns) this.#variables.push(...variables);
    return { variables, assigns, commands, ...this.#placeFrom(start) };
  }

  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const mark = this.#position;
    const variables: string[] = [];
    for (;;) {
      const variable = this.#nextPastSpace();
      if (variable.kind !== 'variable') break;
      const next = this.#nextPastSpace();
      variables.push(variable.text);
      if (next.kind === 'declare') return { variables, assigns: false };
      if (next.kind === 'assign') {
        for (const name of variables) this.#checkVariable(name);
        return { variables, assigns: true };
      }
      if (next.kind !== 'comma') break;
      if (context !== 'range' || variables.length > 1) throw this.#fail(`too many declarations in ${context}`);
    }
    this.#position = mark;
    return { variables: [], assigns: false };
  }

  #checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) throw this.#fail(`missing value for ${context}`);
    for (const [index, command] of commands.slice(1).entries()) {
      const kind = command.operands[0].kind;
      if (kind === 'dot' || kind === 'nil' || kind === 'literal') throw this.#fail(`non executable command in pipeline stage ${index + 2}`);
    }
  }

  /** Operands up to `|` (taken) or to the pipeline's closing token (left). */
  #command(context: string): CommandNode {
    const start = this.#peekPastSpace();
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#nextPastSpace();
      if (token.kind === 'pipe') break;
      if (token.kind === 'right' || token.kind === 'close') {
        this.#position -= 1;
        break;
      }
      operands.push(this.#operand(token, context));
      const after = this.#peek().kind;
      if (after !== 'space' && after !== 'pipe' && after !== 'right' && after !== 'close') throw this.#unexpected(this.#next(), 'operand');
    }
    const [first, ...rest] = operands;
    if (!first) throw this.#fail('empty command');
    const place = this.#placeFrom(start);
    return {
      operands: [first, ...rest],
      ...place,
      text: place.text.replace(/\s*\|?\s*$/, ''),
    };
  }

  #operand(token: Token, context: string): Operand {
    const operand = this.#term(token, context);
    if (this.#peek().kind !== 'field') return operand;
    const column = this.#peek().column;
    const path: string[] = [];
    while (this.#peek().kind === 'field') path.push(this.#next().text.slice(1));
    const place = { ...this.#placeFrom(token), column };
    if (operand.kind === 'field' || operand.kind === 'variable') return { ...operand, ...place, path: [...operand.path, ...path] };
    if (operand.kind === 'dot') return { kind: 'field', path, ...place };
    if (operand.kind === 'literal' || operand.kind === 'nil') throw this.#fail(`unexpected . after term ${JSON.stringify(operand.text)}`);
    return { kind: 'chain', of: operand, path, ...place };
  }

  #term(token: Token, context: string): Operand {
    const place = this.#placeFrom(token);
    switch (token.kind) {
      case 'field':
        return { kind: 'field', path: [token.text.slice(1)], ...place };
      case 'dot':
        return { kind: 'dot', ...place };
      case 'variable':
        this.#checkVariable(token.text);
        return { kind: 'variable', name: token.text, path: [], ...place };
      case 'string':
      case 'number':
      case 'character':
        return { kind: 'literal', value: this.#literal(token), ...place };
      case 'open':
        return this.#parenthesis(token);
      case 'identifier':
        return this.#word(token);
      case 'keyword':
        if (token.text === 'nil') return { kind: 'nil', ...place };
        throw this.#unexpected(token, context);
      default:
        throw this.#unexpected(token, context);
    }
  }

  #parenthesis(token: Token): Operand {
    const pipe = this.#pipeline('parenthesized pipeline', 'close');
    return { kind: 'pipe', pipe, ...this.#placeFrom(token) };
  }

  #word(token: Token): Operand {
    const place = this.#placeFrom(token);
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true', ...place };
    if (!this.#functions.has(token.text)) throw this.#fail(`function ${JSON.stringify(token.text)} not defined`);
    return { kind: 'function', name: token.text, ...place };
  }

  #literal(token: Token): string | number {
    const value = token.kind === 'number' ? parseNumber(token.text) : unquote(token.text);
    if (value === undefined)
      throw this.#fail(token.kind === 'number' ? `bad number syntax: ${JSON.stringify(token.text)}` : 'invalid syntax');
    if (token.kind !== 'character' || typeof value === 'number') return value;
    return value.codePointAt(0) ?? 0;
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#fail(`undefined variable ${JSON.stringify(name)}`);
  }

  #closeAction(context: string): void {
    const token = this.#nextPastSpace();
    if (token.kind !== 'right') throw this.#unexpected(token, context);
  }

  /** Where a node lies, with its source up to here. */
  #placeFrom({ line, column, offset }: Token) {
    const end = this.#peek().offset;
    return { line, column, text: this.#source.slice(offset, end).trim() };
  }

  #unexpected(token: Token, context: string): Error {
    if (token.kind === 'close') return this.#fail('unexpected right paren');
    if (token.kind === 'right' && context === 'parenthesized pipeline') return this.#fail('unclosed left paren');
    const text = token.kind === 'keyword' ? `<${token.text}>` : JSON.stringify(token.text);
    return this.#fail(`unexpected ${text} in ${context}`);
  }

  #peek(): Token {
    const token = this.#tokens[this.#position] ?? this.#tokens.at(-1);
    if (!token) throw new Error('a template has at least its end token');
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #peekPastSpace(): Token {
    while (this.#peek().kind === 'space') this.#position += 1;
    return this.#peek();
  }

  #nextPastSpace(): Token {
    this.#peekPastSpace();
    return this.#next();
  }

  #fail(what: string): Error {
    const at = this.#tokens[Math.max(0, this.#position - 1)];
    return parseError(at?.line ?? 1, what);
  }
}
