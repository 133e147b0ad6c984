import { UserError } from '../../core/errors.ts';

/** A template that can't be read, in Go's words: `template: :1: unclosed action`. */
export function parseError(line: number, what: string): UserError {
  return new UserError('invalid', 'TEMPLATE_SYNTAX', `template parsing error: template: :${line}: ${what}`);
}

/** Where in the template an evaluation stands. */
export interface Place {
  readonly line: number;
  /** Characters before it on its line, as Go counts. */
  readonly column: number;
  readonly text: string;
}

/** A template that fails on this data, in Go's words. */
export function evaluationError(place: Place, what: string): UserError {
  const text = place.text.length > 20 ? `${place.text.slice(0, 20)}...` : place.text;
  return new UserError(
    'invalid',
    'TEMPLATE_EVALUATION',
    `template parsing error: template: :${place.line}:${place.column}: executing "" at <${text}>: ${what}`,
  );
}

/** Thrown by functions of templates; the evaluator adds where. */
export class FunctionFailure extends Error {}
