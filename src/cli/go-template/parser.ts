import type { Token, TokenKind } from './lexer.ts';
import { literalValue, unquote } from './literals.ts';
import type { CommandNode, Node, Operand, Pipeline, TemplateTree } from './nodes.ts';
import { TokenStream } from './token-stream.ts';

/** @throws UserError `TEMPLATE_SYNTAX` in Go's words */
export function parse(source: string, functionNames: ReadonlySet<string>): TemplateTree {
  return new Parser(source, functionNames).parse();
}

/** Go stops at 10000; JavaScript's stack holds less. */
const deepestExpression = 500;

type Ending = 'end' | 'else' | 'eof';

class Parser {
  readonly #tokens: TokenStream;
  readonly #functions: ReadonlySet<string>;
  readonly #definitions = new Map<string, readonly Node[]>();
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #depth = 0;

  constructor(source: string, functions: ReadonlySet<string>) {
    this.#tokens = new TokenStream(source);
    this.#functions = functions;
  }

  parse(): TemplateTree {
    const { nodes, ending } = this.#list();
    if (ending !== 'eof') throw this.#tokens.fail(`unexpected {{${ending}}}`);
    return { body: nodes, definitions: this.#definitions };
  }

  /** Nodes up to `{{end}}`, `{{else` or the end of the text. */
  #list(): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#tokens.next();
      if (token.kind === 'end') return { nodes, ending: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const word = this.#tokens.peekPastSpace();
      if (word.kind === 'keyword' && (word.text === 'end' || word.text === 'else')) {
        this.#tokens.nextPastSpace();
        if (word.text === 'end') this.#closeAction('end');
        return { nodes, ending: word.text };
      }
      const node = this.#action(word);
      if (node) nodes.push(node);
    }
  }

  #action(word: Token): Node | undefined {
    if (word.kind !== 'keyword' || word.text === 'nil') return { kind: 'action', pipe: this.#pipeline('command', 'right') };
    this.#tokens.nextPastSpace();
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
    if (this.#rangeDepth === 0) throw this.#tokens.fail(`{{${kind}}} outside {{range}}`);
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
    if (ending === 'eof') throw this.#tokens.fail('unexpected EOF');
    this.#variables.length = scope;
    return { kind, pipe, body, otherwise };
  }

  /** After `{{else`: a list up to `{{end}}`, or the chained `if` or `with` that shares it. */
  #otherwise(kind: 'if' | 'with' | 'range'): readonly Node[] {
    const next = this.#tokens.peekPastSpace();
    if (kind !== 'range' && next.kind === 'keyword' && next.text === kind) {
      this.#tokens.nextPastSpace();
      return [this.#control(kind)];
    }
    this.#closeAction('else');
    const { nodes, ending } = this.#list();
    if (ending === 'eof') throw this.#tokens.fail('unexpected EOF');
    if (ending === 'else') throw this.#tokens.fail('expected end; found {{else}}');
    return nodes;
  }

  #template(word: Token): Node {
    const name = this.#quotedName('template clause');
    const place = {
      line: word.line,
      column: word.column + 'template '.length,
      text: `{{template ${JSON.stringify(name)}}}`,
    };
    const endsHere = this.#tokens.peekPastSpace().kind === 'right';
    if (endsHere) this.#tokens.nextPastSpace();
    const pipe = endsHere ? undefined : this.#pipeline('template clause', 'right');
    return { kind: 'template', place, name, pipe };
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
    if (ending === 'eof') throw this.#tokens.fail('unexpected EOF');
    if (ending === 'else') throw this.#tokens.fail('unexpected {{else}}');
    this.#variables = outer.variables;
    this.#rangeDepth = outer.depth;
    return nodes;
  }

  #quotedName(context: string): string {
    const token = this.#tokens.nextPastSpace();
    const name = token.kind === 'string' ? unquote(token.text) : undefined;
    if (name === undefined) throw this.#tokens.unexpected(token, context);
    return name;
  }

  #pipeline(context: string, closing: TokenKind): Pipeline {
    const start = this.#tokens.peekPastSpace();
    const { variables, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#tokens.nextPastSpace();
      if (token.kind === closing) break;
      if (token.kind === 'close' || token.kind === 'right') throw this.#tokens.unexpected(token, context);
      this.#tokens.back();
      commands.push(this.#command(context));
    }
    this.#checkPipeline(commands, context);
    if (!assigns) this.#variables.push(...variables);
    return { variables, assigns, commands, ...this.#tokens.placeFrom(start) };
  }

  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const mark = this.#tokens.mark();
    const variables: string[] = [];
    for (;;) {
      const variable = this.#tokens.nextPastSpace();
      if (variable.kind !== 'variable') break;
      const next = this.#tokens.nextPastSpace();
      variables.push(variable.text);
      if (next.kind === 'declare') return { variables, assigns: false };
      if (next.kind === 'assign') {
        for (const name of variables) this.#checkVariable(name);
        return { variables, assigns: true };
      }
      if (next.kind !== 'comma') break;
      if (context !== 'range' || variables.length > 1) throw this.#tokens.fail(`too many declarations in ${context}`);
    }
    this.#tokens.rewind(mark);
    return { variables: [], assigns: false };
  }

  #checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) throw this.#tokens.fail(`missing value for ${context}`);
    for (const [index, command] of commands.slice(1).entries()) {
      const kind = command.operands[0].kind;
      if (kind === 'dot' || kind === 'nil' || kind === 'literal')
        throw this.#tokens.fail(`non executable command in pipeline stage ${index + 2}`);
    }
  }

  /** Operands up to `|` (taken) or to the pipeline's closing token (left). */
  #command(context: string): CommandNode {
    const start = this.#tokens.peekPastSpace();
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#tokens.nextPastSpace();
      if (token.kind === 'pipe') break;
      if (token.kind === 'right' || token.kind === 'close') {
        this.#tokens.back();
        break;
      }
      operands.push(this.#operand(token, context));
      const after = this.#tokens.peek().kind;
      if (after !== 'space' && after !== 'pipe' && after !== 'right' && after !== 'close')
        throw this.#tokens.unexpected(this.#tokens.next(), 'operand');
    }
    const [first, ...rest] = operands;
    if (!first) throw this.#tokens.fail('empty command');
    const place = this.#tokens.placeFrom(start);
    return {
      operands: [first, ...rest],
      ...place,
      text: place.text.replace(/\s*\|?\s*$/, ''),
    };
  }

  #operand(token: Token, context: string): Operand {
    const operand = this.#term(token, context);
    if (this.#tokens.peek().kind !== 'field') return operand;
    const column = this.#tokens.peek().column;
    const path: string[] = [];
    while (this.#tokens.peek().kind === 'field') path.push(this.#tokens.next().text.slice(1));
    const place = { ...this.#tokens.placeFrom(token), column };
    if (operand.kind === 'field' || operand.kind === 'variable') return { ...operand, ...place, path: [...operand.path, ...path] };
    if (operand.kind === 'dot') return { kind: 'field', path, ...place };
    if (operand.kind === 'literal' || operand.kind === 'nil')
      throw this.#tokens.fail(`unexpected . after term ${JSON.stringify(operand.text)}`);
    return { kind: 'chain', of: operand, path, ...place };
  }

  #term(token: Token, context: string): Operand {
    const place = this.#tokens.placeFrom(token);
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
        throw this.#tokens.unexpected(token, context);
      default:
        throw this.#tokens.unexpected(token, context);
    }
  }

  #parenthesis(token: Token): Operand {
    this.#depth += 1;
    if (this.#depth > deepestExpression) throw this.#tokens.fail('max expression depth exceeded');
    const pipe = this.#pipeline('parenthesized pipeline', 'close');
    this.#depth -= 1;
    return { kind: 'pipe', pipe, ...this.#tokens.placeFrom(token) };
  }

  #word(token: Token): Operand {
    const place = this.#tokens.placeFrom(token);
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true', ...place };
    if (!this.#functions.has(token.text)) throw this.#tokens.fail(`function ${JSON.stringify(token.text)} not defined`);
    return { kind: 'function', name: token.text, ...place };
  }

  #literal(token: Token): string | number {
    const value = literalValue(token.text);
    if (value !== undefined) return value;
    throw this.#tokens.fail(token.kind === 'number' ? `bad number syntax: ${JSON.stringify(token.text)}` : 'invalid syntax');
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#tokens.fail(`undefined variable ${JSON.stringify(name)}`);
  }

  #closeAction(context: string): void {
    const token = this.#tokens.nextPastSpace();
    if (token.kind !== 'right') throw this.#tokens.unexpected(token, context);
  }
}
