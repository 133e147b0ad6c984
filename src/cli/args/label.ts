import { invalid } from './invalid.ts';

/** `--label key` or `--label key=value`. @throws UserError in docker's words */
export function parseLabel(text: string): [key: string, value: string] {
  const equals = text.indexOf('=');
  const key = (equals < 0 ? text : text.slice(0, equals)).replace(/^[ \t]+/, '');
  if (key === '') throw invalid(`invalid label '${text}': empty name`);
  if (/[ \t]/.test(key)) throw invalid(`label '${key}' contains whitespaces`);
  return [key, equals < 0 ? '' : text.slice(equals + 1)];
}
