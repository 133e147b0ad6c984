import { UserError } from '../../core/errors.ts';
import { invalid } from './invalid.ts';

const keys = new Set(['label', 'apparmor', 'seccomp', 'no-new-privileges', 'writable-cgroups']);

export interface SecurityOptions {
  readonly SecurityOpt: string[];
  /** Empty with `systempaths=unconfined`; absent for docker's own lists. */
  readonly MaskedPaths?: string[];
  readonly ReadonlyPaths?: string[];
}

/**
 * `--security-opt`, with the content of a named seccomp profile in place of its path, as docker's API takes it.
 * @param readProfile answers the text of the file
 * @throws UserError in docker's words
 */
export async function parseSecurityOptions(
  given: readonly string[],
  readProfile: (path: string) => Promise<string>,
): Promise<SecurityOptions> {
  const unconfined = given.includes('systempaths=unconfined');
  const SecurityOpt: string[] = [];
  for (const text of given) if (text !== 'systempaths=unconfined') SecurityOpt.push(await parseOption(text, readProfile));
  return unconfined ? { SecurityOpt, MaskedPaths: [], ReadonlyPaths: [] } : { SecurityOpt };
}

async function parseOption(text: string, readProfile: (path: string) => Promise<string>): Promise<string> {
  // Docker still reads the colon of its first versions.
  const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
  if (at < 0 && text !== 'no-new-privileges') throw invalid(`invalid --security-opt: ${JSON.stringify(text)}`);
  const key = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? 'true' : text.slice(at + 1);
  if (!keys.has(key)) throw invalid(`invalid --security-opt 2: ${JSON.stringify(text)}`);
  if (key === 'no-new-privileges' && !/^(true|false)$/.test(value)) throw invalid(`invalid --security-opt 2: ${JSON.stringify(text)}`);
  if (key !== 'seccomp') return at < 0 ? text : `${key}=${value}`;
  if (value === 'unconfined' || value === 'builtin') return `seccomp=${value}`;
  return `seccomp=${compactProfile(value, await readSeccomp(value, readProfile))}`;
}

async function readSeccomp(path: string, readProfile: (path: string) => Promise<string>): Promise<string> {
  try {
    return await readProfile(path);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw invalid(`opening seccomp profile (${path}) failed: ${cause.message}`);
  }
}

function compactProfile(path: string, text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw invalid(`compacting json for seccomp profile (${path}) failed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
