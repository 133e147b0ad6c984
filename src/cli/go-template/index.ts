import { type Evaluation, evaluate } from './evaluate.ts';
import { templateFunctions } from './functions.ts';
import { parse } from './parser.ts';

export { headingFunctions, templateFunctions } from './functions.ts';
export { toJson } from './json.ts';

export interface Template {
  /** @throws UserError `TEMPLATE_EVALUATION` in Go's words */
  execute(data: unknown, evaluation?: Partial<Evaluation>): string;
}

/**
 * Go's text/template with docker's functions, over docker's JSON. Ours, because what npm has for it is abandoned.
 * @throws UserError `TEMPLATE_SYNTAX` in Go's words
 */
export function parseTemplate(source: string): Template {
  const names = new Set([...Object.keys(templateFunctions), 'and', 'or', 'call']);
  const tree = parse(source, names);
  return {
    execute: (data, evaluation) => evaluate(tree, data, { functions: templateFunctions, ...evaluation }),
  };
}
