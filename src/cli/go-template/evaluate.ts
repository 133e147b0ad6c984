import type { FunctionTable, TemplateFunction } from './functions.ts';
import type { CommandNode, Node, Operand, Pipeline, TemplateTree } from './nodes.ts';
import { printValue } from './print-value.ts';
import { evaluationError, FunctionFailure, type Place } from './template-error.ts';
import { GoMap, GoNil, hasField, isStruct, isTrue, noValue, typedField, typeName } from './values.ts';

export interface Evaluation {
  readonly functions: FunctionTable;
  /** Go's name of the data's type where a missing field is told with it: `*formatter.imageContext`. */
  readonly typeName?: string;
}

/** Go refuses at 100000; JavaScript's stack holds less. */
const deepestTemplate = 1000;

class Jump extends Error {
  readonly kind: 'break' | 'continue';

  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

interface Variable {
  readonly name: string;
  value: unknown;
}

/** @throws UserError `TEMPLATE_EVALUATION` in Go's words */
export function evaluate(tree: TemplateTree, data: unknown, evaluation: Evaluation): string {
  const evaluator = new Evaluator(tree, evaluation, data, 0);
  evaluator.walk(tree.body, data);
  return evaluator.text;
}

class Evaluator {
  text = '';
  readonly #tree: TemplateTree;
  readonly #evaluation: Evaluation;
  readonly #root: unknown;
  readonly #depth: number;
  #variables: Variable[];

  constructor(tree: TemplateTree, evaluation: Evaluation, data: unknown, depth: number) {
    this.#tree = tree;
    this.#evaluation = evaluation;
    this.#root = data;
    this.#depth = depth;
    this.#variables = [{ name: '$', value: data }];
  }

  walk(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.text += node.text;
        return;
      case 'action': {
        const value = this.#pipeline(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.text += printValue(value);
        return;
      }
      case 'range':
        this.#scoped(() => this.#range(node, dot));
        return;
      case 'if':
      case 'with':
        this.#scoped(() => this.#choice(node, dot));
        return;
      case 'template':
        this.#template(node, dot);
        return;
      default:
        throw new Jump(node.kind);
    }
  }

  #scoped(run: () => void): void {
    const mark = this.#variables.length;
    try {
      run();
    } finally {
      this.#variables.length = mark;
    }
  }

  #choice(node: Node & { kind: 'if' | 'with' | 'range' }, dot: unknown): void {
    const value = this.#pipeline(node.pipe, dot);
    if (isTrue(value)) this.walk(node.body, node.kind === 'with' ? value : dot);
    else this.walk(node.otherwise ?? [], dot);
  }

  #range(node: Node & { kind: 'if' | 'with' | 'range' }, dot: unknown): void {
    const { variables } = node.pipe;
    const value = this.#commands(node.pipe, dot);
    const pairs = this.#items(value, node.pipe);
    for (const [key, item] of pairs) {
      const isLast = this.#scopedJump(() => {
        const [first, second] = variables;
        if (second !== undefined)
          this.#bind(node.pipe, [
            [first ?? '', key],
            [second, item],
          ]);
        else if (first !== undefined) this.#bind(node.pipe, [[first, item]]);
        this.walk(node.body, item);
      });
      if (isLast) return;
    }
    if (pairs.length === 0) this.walk(node.otherwise ?? [], dot);
  }

  /** Answers whether the body asked to break. */
  #scopedJump(run: () => void): boolean {
    try {
      this.#scoped(run);
      return false;
    } catch (error) {
      if (error instanceof Jump) return error.kind === 'break';
      throw error;
    }
  }

  #items(value: unknown, place: Place): (readonly [unknown, unknown])[] {
    if (Array.isArray(value)) return value.map((item, index) => [index, item]);
    if (value instanceof GoMap) return [...value.entries];
    if (value === noValue || value === null || value === undefined || value instanceof GoNil) return [];
    if (typeof value === 'number' && Number.isInteger(value) && value <= 1e6)
      return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index]);
    if (isStruct(value)) return [...new GoMap(Object.entries(value)).entries];
    throw evaluationError(place, `range can't iterate over ${printValue(value)}`);
  }

  #template(node: Node & { kind: 'template' }, dot: unknown): void {
    const body = this.#tree.definitions.get(node.name);
    if (!body) throw evaluationError(node.place, `template ${JSON.stringify(node.name)} not defined`);
    if (this.#depth >= deepestTemplate) throw evaluationError(node.place, 'exceeded maximum template depth');
    const data = node.pipe ? this.#pipeline(node.pipe, dot) : noValue;
    const inner = new Evaluator(this.#tree, this.#evaluation, data, this.#depth + 1);
    inner.walk(body, data);
    this.text += inner.text;
  }

  #pipeline(pipe: Pipeline, dot: unknown): unknown {
    const value = this.#commands(pipe, dot);
    this.#bind(
      pipe,
      pipe.variables.map(name => [name, value]),
    );
    return value;
  }

  #commands(pipe: Pipeline, dot: unknown): unknown {
    let piped: readonly unknown[] = [];
    for (const command of pipe.commands) piped = [this.#command(command, dot, piped)];
    return piped[0];
  }

  #bind(pipe: Pipeline, pairs: readonly (readonly [string, unknown])[]): void {
    for (const [name, value] of pairs) {
      const known = pipe.assigns ? this.#variables.findLast(v => v.name === name) : undefined;
      if (known) known.value = value;
      else this.#variables.push({ name, value });
    }
  }

  #command(command: CommandNode, dot: unknown, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command.operands;
    if (first.kind === 'function') return this.#call(first.name, command, first, rest, dot, piped);
    if (first.kind === 'nil') throw evaluationError(first, 'nil is not a command');
    const value = this.#operand(first, dot);
    if (rest.length === 0 && piped.length === 0) return typeof value === 'function' ? value() : value;
    if (typeof value === 'function') return value(...rest.map(operand => this.#operand(operand, dot)), ...piped);
    if ('path' in first && first.path.length > 0) throw evaluationError(first, `${first.path.at(-1)} is not a method but has arguments`);
    throw evaluationError(first, `can't give argument to non-function ${first.text}`);
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return noValue;
      case 'literal':
        return operand.value;
      case 'function':
        return this.#call(operand.name, operand, operand, [], dot, []);
      case 'field':
        return this.#fields(dot, operand.path, operand);
      case 'variable': {
        const variable = this.#variables.findLast(({ name }) => name === operand.name);
        return this.#fields(variable?.value, operand.path, operand);
      }
      case 'chain':
        return this.#fields(this.#operand(operand.of, dot), operand.path, operand);
      case 'pipe':
        return this.#pipeline(operand.pipe, dot);
    }
  }

  #fields(start: unknown, path: readonly string[], place: Place): unknown {
    return path.reduce((owner, name) => this.#field(owner, name, place), start);
  }

  #field(owner: unknown, name: string, place: Place): unknown {
    if (owner instanceof GoMap) return owner.entries.has(name) ? owner.entries.get(name) : noValue;
    if (owner instanceof GoNil && owner.type === 'map') return noValue;
    if (owner instanceof GoNil || owner === noValue || owner === null || owner === undefined)
      throw evaluationError(place, `map has no entry for key ${JSON.stringify(absentKey(place, name))}`);
    if (!isStruct(owner)) throw evaluationError(place, `can't evaluate field ${name} in type interface {}`);
    if (hasField(owner, name)) return typedField(owner, name);
    const type = owner === this.#root ? this.#evaluation.typeName : undefined;
    throw evaluationError(
      place,
      type === undefined ? `map has no entry for key ${JSON.stringify(name)}` : `can't evaluate field ${name} in type ${type}`,
    );
  }

  #call(name: string, command: Place, word: Place, operands: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, word, operands, dot, piped);
    if (name === 'call') return this.#callValue(command, operands, dot, piped);
    const template = this.#evaluation.functions[name];
    if (!template) throw evaluationError(word, `function ${JSON.stringify(name)} not defined`);
    checkCount(name, template, operands.length + piped.length, word);
    const values = [...operands.map(operand => this.#operand(operand, dot)), ...piped];
    const checked = values.map((value, index) => argument(template, value, index, operands[index] ?? word));
    try {
      return template.call(...(checked as never[]));
    } catch (error) {
      if (!(error instanceof FunctionFailure)) throw error;
      throw evaluationError(command, `error calling ${name}: ${error.message}`);
    }
  }

  #shortCircuit(name: 'and' | 'or', word: Place, operands: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (operands.length + piped.length === 0) throw evaluationError(word, `wrong number of args for ${name}: want at least 1 got 0`);
    let value: unknown;
    for (const operand of operands) {
      value = this.#operand(operand, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #callValue(command: Place, operands: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    const [first, ...rest] = operands;
    const target = first ? this.#operand(first, dot) : noValue;
    if (typeof target === 'function') return target(...rest.map(operand => this.#operand(operand, dot)), ...piped);
    throw evaluationError(command, `error calling call: non-function ${first?.text ?? 'nil'} of type ${typeName(target)}`);
  }
}

/** The first key of the path that isn't there: `Health` of `.State.Health.Status`. */
function absentKey(place: Place, name: string): string {
  const keys = place.text.split('.');
  return keys[keys.lastIndexOf(name) - 1] || name;
}

function checkCount(name: string, template: TemplateFunction, got: number, place: Place): void {
  const want = template.takes.length;
  if (got === want || (template.rest && got > want)) return;
  throw evaluationError(place, `wrong number of args for ${name}: want ${template.rest ? 'at least ' : ''}${want} got ${got}`);
}

function argument(template: TemplateFunction, value: unknown, index: number, place: Place): unknown {
  const want = template.takes[index] ?? 'any';
  if (want === 'any') return value;
  const given = value instanceof GoNil && value.type === 'slice' ? [] : value;
  if (want === 'list' ? Array.isArray(given) : want === 'int' ? Number.isInteger(given) : typeof given === 'string') return given;
  const name = want === 'list' ? '[]string' : want;
  if (typeof place.text === 'string' && /^[-+\d"'`]/.test(place.text))
    throw evaluationError(place, `expected ${want === 'int' ? 'integer' : name}; found ${place.text}`);
  throw evaluationError(place, `wrong type for value; expected ${name}; got ${typeName(given)}`);
}
