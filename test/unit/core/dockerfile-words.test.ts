// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a Dockerfile, no templates
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandWord, parseExecForm, splitWords } from '../../../src/core/dockerfile-words.ts';

for (const [text, expected] of [
  ['a  b\tc', ['a', 'b', 'c']],
  ['A="x y" B=\'p q\'', ['A="x y"', "B='p q'"]],
  ['a\\ b c', ['a\\ b', 'c']],
  ['"un closed', ['"un closed']],
  ['', []],
] as const) {
  test(`${JSON.stringify(text)} is cut into ${expected.length} words`, () => assert.deepEqual(splitWords(text), expected));
}

const variables = new Map([
  ['A', 'x'],
  ['EMPTY', ''],
]);
for (const [word, expected] of [
  ['$A', 'x'],
  ['${A}b', 'xb'],
  ['$Ab', ''],
  ['"$A b"', 'x b'],
  ["'$A'", '$A'],
  ['\\$A', '$A'],
  ['"\\$A\\n"', '$A\\n'],
  ['${B:-d}', 'd'],
  ['${B:-${A}}', 'x'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${A:+y}', 'y'],
  ['${EMPTY+y}', 'y'],
  ['a$', 'a$'],
  ['$-', '$-'],
] as const) {
  test(`${word} becomes ${JSON.stringify(expected)}`, () => assert.equal(expandWord(word, variables), expected));
}

for (const word of ['"a', "'a", '${A', '${', '${A:}', '${B:?}', '${A:-']) {
  test(`${word} is refused`, () => assert.throws(() => expandWord(word, variables), { code: 'INVALID_DOCKERFILE' }));
}

test('only an array of strings is the exec form', () => {
  assert.deepEqual(parseExecForm(' ["a", "b"]'), ['a', 'b']);
  for (const text of ['a b', '[1]', "['a']", '["a"', '{"a":1}']) assert.equal(parseExecForm(text), undefined);
});
