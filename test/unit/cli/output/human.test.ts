import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binarySize, humanSize } from '../../../../src/cli/output/human.ts';
import { humanDuration } from '../../../../src/core/human-duration.ts';

test("sizes are go-units' decimal ones, in three digits", () => {
  const cases: [number, string][] = [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [1024, '1.02kB'],
    [4261502, '4.26MB'],
    [187_600_000, '188MB'],
    [1234567890, '1.23GB'],
    [3.42e12, '3.42TB'],
  ];
  for (const [bytes, text] of cases) assert.equal(humanSize(bytes), text);
  assert.equal(humanSize(4261502, 4), '4.262MB');
});

test("memory is in go-units' binary sizes of four digits", () => {
  assert.equal(binarySize(8_000_000_000), '7.451GiB');
  assert.equal(binarySize(1024), '1KiB');
  assert.equal(binarySize(0), '0B');
});

test('ages read as in docker', () => {
  const second = 1000;
  const hour = 3600 * second;
  const day = 24 * hour;
  const cases: [number, string][] = [
    [0, 'Less than a second'],
    [second, '1 second'],
    [59 * second, '59 seconds'],
    [60 * second, 'About a minute'],
    [119 * second, 'About a minute'],
    [120 * second, '2 minutes'],
    [59 * 60 * second, '59 minutes'],
    [hour, 'About an hour'],
    [1.5 * hour, '2 hours'],
    [47 * hour, '47 hours'],
    [48 * hour, '2 days'],
    [13 * day, '13 days'],
    [20 * day, '2 weeks'],
    [59 * day, '8 weeks'],
    [60 * day, '2 months'],
    [400 * day, '13 months'],
    [800 * day, '2 years'],
  ];
  for (const [milliseconds, text] of cases) assert.equal(humanDuration(milliseconds), text);
});
