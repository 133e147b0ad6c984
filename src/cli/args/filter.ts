import type { Filters } from '../../engine/types.ts';
import { invalid } from './invalid.ts';

/** All of a command's `--filter key=value`. @throws UserError in docker's words; which keys there are is the engine's to say */
export function parseFilters(given: readonly string[]): Filters {
  const filters = new Map<string, string[]>();
  for (const text of given) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    if (equals < 0) throw invalid(`bad format of filter (expected name=value): ${text}`);
    const key = text.slice(0, equals).trim().toLowerCase();
    filters.set(key, [...(filters.get(key) ?? []), text.slice(equals + 1).trim()]);
  }
  return filters;
}
