import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetachFilter } from '../../../../src/cli/terminal/detach-filter.ts';

/** What comes through when `chunks` are typed, and whether that detached. */
function type(keys: string, chunks: readonly string[], end = false): { passed: string; detached: boolean } {
  const seen = { passed: '', detached: false };
  const filter = new DetachFilter(Buffer.from(keys), () => {
    seen.detached = true;
  });
  for (const chunk of chunks) filter.write(Buffer.from(chunk));
  if (end) filter.end();
  seen.passed = filter.read()?.toString() ?? '';
  return seen;
}

const cases: readonly (readonly [what: string, keys: string, chunks: string[], passed: string, detached: boolean])[] = [
  ['plain keys pass', '\x10\x11', ['hello'], 'hello', false],
  ['the sequence detaches', '\x10\x11', ['a\x10\x11'], 'a', true],
  ['a sequence split over reads detaches', '\x10\x11', ['a\x10', '\x11'], 'a', true],
  ['what follows the sequence is dropped', '\x10\x11', ['\x10\x11rm -rf'], '', true],
  ['a begun sequence is held back', '\x10\x11', ['a\x10'], 'a', false],
  ['a broken sequence passes whole', '\x10\x11', ['\x10', 'b'], '\x10b', false],
  ['the first key twice passes once and still counts', '\x10\x11', ['\x10\x10', '\x11'], '\x10', true],
  ['a sequence that begins within itself is found', 'aab', ['aaab'], 'a', true],
  ['a sequence that overlaps itself is found', 'abab!', ['ababab!'], 'ab', true],
  ['one key can be the sequence', '\x1c', ['x\x1cy'], 'x', true],
];
for (const [what, keys, chunks, passed, detached] of cases) {
  test(what, () => assert.deepEqual(type(keys, chunks), { passed, detached }));
}

test('a begun sequence passes when input ends', async () => {
  const filter = new DetachFilter(Buffer.from('ab'), () => assert.fail('detached'));
  filter.end('xa');
  const chunks = await filter.toArray();
  assert.equal(Buffer.concat(chunks).toString(), 'xa');
});
