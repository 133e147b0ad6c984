import { unlimited } from './rlimits.ts';
import type { OciProcess, OciSpec } from './types.ts';

/** RLIM_INFINITY is the largest 64-bit number, which JavaScript's own numbers can't hold: it is put in as text. */
const infinity = '18446744073709551615';

/** The JSON that runtimes read. Use it rather than JSON.stringify: limits that are `unlimited` come out right. */
export function specText(value: OciSpec | OciProcess): string {
  return JSON.stringify(value).replaceAll(new RegExp(`("(?:soft|hard)":)${unlimited}(?=[,}])`, 'g'), `$1${infinity}`);
}
