import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../src/core/errors.ts';

type Rows<T> = readonly (readonly [text: string, expected: T])[];

/** A test for each value that a parser takes and each that it refuses, with the whole of its sentence. */
export function parserTable<T>(name: string, parse: (text: string) => T, good: Rows<T>, bad: Rows<string> = []): void {
  for (const [text, expected] of good) {
    test(`${name} takes ${JSON.stringify(text)}`, () => assert.deepEqual(parse(text), expected));
  }
  for (const [text, message] of bad) {
    test(`${name} refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.throws(
        () => parse(text),
        (error: unknown) => {
          assert.ok(error instanceof UserError, String(error));
          assert.equal(error.message, message);
          return true;
        },
      );
    });
  }
}
