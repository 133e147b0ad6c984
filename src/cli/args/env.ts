import { invalid } from './invalid.ts';
import type { KeyValueLine } from './key-value-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `-e NAME=value`, or `-e NAME` for the caller's own value. A name the caller doesn't have stays bare: it takes the image's
 * variable away.
 * @throws UserError in docker's words
 */
export function parseEnv(text: string, environment: Environment): string {
  const equals = text.indexOf('=');
  if (text === '' || equals === 0) throw invalid(`invalid environment variable: ${text}`);
  if (text.includes('\0')) throw invalid(`invalid environment variable: ${text.replaceAll('\0', '')}: contains a NUL byte`);
  if (equals > 0) return text;
  const value = Object.hasOwn(environment, text) ? environment[text] : undefined;
  return value === undefined ? text : `${text}=${value}`;
}

/** The lines of an `--env-file`; a bare name that the caller doesn't have is left out, as in docker. */
export function envFromFile(lines: readonly KeyValueLine[], environment: Environment): string[] {
  return lines.flatMap(({ key, value }) => {
    const found = value ?? (Object.hasOwn(environment, key) ? environment[key] : undefined);
    return found === undefined ? [] : [`${key}=${found}`];
  });
}
