import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeCell, escapeControls } from '../../../../src/cli/output/escape-controls.ts';

const hostile: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['a colour', '\x1b[31mred', '\\x1b[31mred'],
  ['the clipboard (OSC 52)', '\x1b]52;c;eA==\x07', '\\x1b]52;c;eA==\\x07'],
  ['a carriage return', 'good\rbad', 'good\\rbad'],
  ['a backspace', 'a\bb', 'a\\x08b'],
  ['an 8-bit CSI', '\x9b31m', '\\x9b31m'],
  ['delete', 'a\x7f', 'a\\x7f'],
  ['reordered text', 'a\u202eb', 'a\\u202eb'],
];

for (const [name, text, shown] of hostile) {
  test(`${name} never reaches the terminal`, () => assert.equal(escapeControls(text), shown));
}

test('a cell of a table stays one cell of one line', () => assert.equal(escapeCell('a\nb\tc'), 'a\\nb\\tc'));
test('letters of any language stay', () => assert.equal(escapeControls('naïve 漢字 🐳'), 'naïve 漢字 🐳'));
