import type { Place } from './template-error.ts';

export type Operand = Place &
  (
    | { readonly kind: 'dot' }
    | { readonly kind: 'nil' }
    | { readonly kind: 'literal'; readonly value: string | number | boolean }
    | { readonly kind: 'function'; readonly name: string }
    /** Fields of dot. */
    | { readonly kind: 'field'; readonly path: readonly string[] }
    | {
        readonly kind: 'variable';
        readonly name: string;
        readonly path: readonly string[];
      }
    /** Fields of a parenthesis or literal. */
    | {
        readonly kind: 'chain';
        readonly of: Operand;
        readonly path: readonly string[];
      }
    | { readonly kind: 'pipe'; readonly pipe: Pipeline }
  );

export interface CommandNode extends Place {
  readonly operands: readonly [Operand, ...Operand[]];
}

export interface Pipeline extends Place {
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly CommandNode[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[] | undefined;
    }
  | { readonly kind: 'break' | 'continue' }
  | {
      readonly kind: 'template';
      readonly place: Place;
      readonly name: string;
      readonly pipe: Pipeline | undefined;
    };

export interface TemplateTree {
  readonly body: readonly Node[];
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}
