import { UserError } from './errors.ts';

/**
 * Whether the whole text fits a pattern of Go's `path.Match`, which docker's filters use: `*` and `?` stop at a slash, `[a-z]`, `[^a-z]`,
 * `\x`; there is no `**` and no `{a,b}`.
 * @throws UserError `INVALID_FILTER` for a pattern that is none, in Go's words
 */
export function pathMatcher(pattern: string): (text: string) => boolean {
  const expression = new RegExp(`^${translate(pattern)}$`, 'su');
  return text => expression.test(text);
}

function translate(pattern: string): string {
  let rest = pattern;
  let out = '';
  while (rest !== '') {
    const [whole = '', escaped, negated, members] = /^(?:\\(.)|\[(\^?)((?:\\.|[^\\\]])+)\]|[\s\S])/su.exec(rest) ?? [];
    if (whole === '' || whole === '[' || whole === '\\') throw badPattern();
    if (escaped !== undefined) out += literal(escaped);
    else if (members !== undefined) out += `[${negated}${rangesOf(members)}]`;
    else if (whole === '*') out += '[^/]*';
    else out += whole === '?' ? '[^/]' : literal(whole);
    rest = rest.slice(whole.length);
  }
  return out;
}

function rangesOf(members: string): string {
  let rest = members;
  let out = '';
  while (rest !== '') {
    const [whole = '', first = '', last] = /^(\\.|[^\\-])(?:-(\\.|[^\\-]))?/su.exec(rest) ?? [];
    if (whole === '') throw badPattern();
    const from = codeOf(first);
    const to = last === undefined ? from : codeOf(last);
    if (from <= to) out += `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`;
    rest = rest.slice(whole.length);
  }
  return out;
}

function codeOf(member: string): number {
  return (member.length > 1 && member.startsWith('\\') ? member.slice(1) : member).codePointAt(0) ?? 0;
}

function literal(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

function badPattern(): UserError {
  return new UserError('invalid', 'INVALID_FILTER', 'syntax error in pattern');
}
