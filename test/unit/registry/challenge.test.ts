import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from '../../../src/registry/challenge.ts';

const rows: [header: string, challenges: [scheme: string, parameters: Record<string, string>][]][] = [
  ['Basic realm="x"', [['basic', { realm: 'x' }]]],
  [
    'Bearer realm="https://a/token",service="a, b",scope="repository:x:pull,push"',
    [['bearer', { realm: 'https://a/token', service: 'a, b', scope: 'repository:x:pull,push' }]],
  ],
  ['BEARER Realm=https://a/token', [['bearer', { realm: 'https://a/token' }]]],
  [
    'Basic realm="a \\"quoted\\" word", Bearer realm="t"',
    [
      ['basic', { realm: 'a "quoted" word' }],
      ['bearer', { realm: 't' }],
    ],
  ],
  [
    'Negotiate, Basic realm = "x"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['', []],
  ['=', []],
  ['Bearer realm="open', [['bearer', {}]]],
  [',,,,', []],
];
for (const [header, challenges] of rows)
  test(`WWW-Authenticate: ${header}`, () => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
    assert.deepEqual(found, challenges);
  });
