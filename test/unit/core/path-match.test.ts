import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathMatcher } from '../../../src/core/path-match.ts';

for (const [pattern, text, expected] of [
  ['busybox', 'busybox', true],
  ['busy*', 'busybox:latest', true],
  ['*', 'team/app', false],
  ['*/*', 'team/app', true],
  ['**', 'team/app', false],
  ['b?sybox', 'busybox', true],
  ['b?', 'b/', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['[c-a]x', 'bx', false],
  ['[\\]]', ']', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['{a,b}', 'a', false],
  ['a.c', 'abc', false],
  ['a+', 'aa', false],
  ['', '', true],
  ['ä?', 'äö', true],
] as const) {
  test(`${JSON.stringify(pattern)} ${expected ? 'fits' : 'does not fit'} ${text}`, () =>
    assert.equal(pathMatcher(pattern)(text), expected));
}

for (const pattern of ['[', '[]', 'a[', '[a', '[-]', '[a-]', '\\']) {
  test(`${pattern} is no pattern`, () => {
    assert.throws(() => pathMatcher(pattern), { code: 'INVALID_FILTER', message: 'syntax error in pattern' });
  });
}
