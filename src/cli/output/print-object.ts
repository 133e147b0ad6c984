import { parseTemplate, toJson } from '../go-template/index.ts';
import { escapeControls } from './escape-controls.ts';
import type { Output } from './output.ts';

/**
 * Prints what `inspect` found, as docker does: an indented list, `--format json`, or a template for each object.
 * Control characters are escaped by JSON itself, and in templates here.
 */
export function printObjects(objects: readonly object[], format: string | undefined, out: Output): void {
  if (!format) {
    out.write(`${jsonText(objects, 4)}\n`);
  } else if (format === 'json') {
    out.write(`${jsonText(objects, 0)}\n`);
  } else {
    const template = parseTemplate(format);
    for (const object of objects) out.write(`${escapeControls(template.execute(object))}\n`);
  }
}

function jsonText(value: unknown, indent: number): string {
  const text = indent > 0 ? JSON.stringify(value, undefined, indent) : toJson(value);
  // JSON leaves DEL, C1 and text-reordering marks as they are.
  return escapeJsonControls(text);
}

function escapeJsonControls(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
