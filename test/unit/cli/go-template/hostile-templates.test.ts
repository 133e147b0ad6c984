import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate } from '../../../../src/cli/go-template/index.ts';

const data = { Name: 'x', List: ['a'], Nested: { Labels: { constructor: 'c' } } };

const refused: readonly (readonly [name: string, template: string, message: RegExp])[] = [
  ['parentheses without end', `{{${'('.repeat(100_000)}1${')'.repeat(100_000)}}}`, /max expression depth exceeded/],
  ['a template that includes itself', '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', /exceeded maximum template depth/],
  ['an endless padding', '{{pad .Name 999999999999 0}}', /padding of 999999999999 is too wide/],
  ['the prototype of the data', '{{.constructor}}', /map has no entry for key "constructor"/],
  ['the prototype of a list', '{{.List.length}}', /can't evaluate field length/],
  ['a function of JavaScript', '{{toString .Name}}', /function "toString" not defined/],
  ['a range without end', '{{range 99999999999}}{{end}}', /range can't iterate over/],
];

for (const [name, template, message] of refused) {
  test(`${name} is refused with a sentence`, () => {
    assert.throws(() => parseTemplate(template).execute(data), { name: 'UserError', message });
  });
}

test('a width beyond all measure is told as Go does', () => {
  assert.equal(parseTemplate('{{printf "%9999999999d" 1}}').execute(data), '%!(BADWIDTH)1');
});

test('a key that JavaScript objects inherit is a plain key of a map', () => {
  assert.equal(parseTemplate('{{.Nested.Labels.constructor}} {{index .Nested.Labels "toString"}}').execute(data), 'c ');
});
