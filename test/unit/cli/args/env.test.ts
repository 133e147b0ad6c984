import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envFromFile, parseEnv } from '../../../../src/cli/args/env.ts';
import { parseKeyValueFile } from '../../../../src/cli/args/key-value-file.ts';
import { parserTable } from '../../../support/table.ts';

const surroundings = { HOME: '/home/me', EMPTY: '' };

parserTable(
  '-e',
  text => parseEnv(text, surroundings),
  [
    ['A=B', 'A=B'],
    ['A=', 'A='],
    ['A=B=C', 'A=B=C'],
    ['A= spaced value ', 'A= spaced value '],
    ['A=line\nline', 'A=line\nline'],
    ['HOME', 'HOME=/home/me'],
    ['EMPTY', 'EMPTY='],
    ['NOT_THERE', 'NOT_THERE'],
    ['constructor', 'constructor'],
  ],
  [
    ['', 'invalid environment variable: '],
    ['=B', 'invalid environment variable: =B'],
    ['A=\0B', 'invalid environment variable: A=B: contains a NUL byte'],
  ],
);

const fromFile = (text: string | Uint8Array): string[] => envFromFile(parseKeyValueFile(Buffer.from(text)), surroundings);

parserTable(
  'an env file',
  fromFile,
  [
    ['', []],
    ['A=1\nB=2\n', ['A=1', 'B=2']],
    ['A=1\r\nB=2\r\n', ['A=1', 'B=2']],
    ['\uFEFFA=1', ['A=1']],
    ['# note\n\n   \n\t# note too\nA=1 # kept', ['A=1 # kept']],
    ['  A= "as it is"  ', ['A= "as it is"  ']],
    ['HOME\nNOT_THERE\nEMPTY', ['HOME=/home/me', 'EMPTY=']],
    ['A=ünïcode', ['A=ünïcode']],
  ],
  [
    ['A=1\n=2', "no variable name on line '=2' (line 2)"],
    ['A=1\n\nB C=2', "variable 'B C' contains whitespaces (line 3)"],
    ['A =1', "variable 'A ' contains whitespaces (line 1)"],
    ['A=1\n\uFEFFB=2\n=', "no variable name on line '=' (line 3)"],
    ['A=\0', "variable 'A' contains a NUL byte (line 1)"],
  ],
);

test('an env file that is not UTF-8 is refused with the line', () => {
  const bytes = Buffer.concat([Buffer.from('A=1\nB='), Buffer.from([0xff, 0xfe])]);
  assert.throws(() => fromFile(bytes), { message: 'invalid utf8 bytes at line 2: [66 61 255 254]' });
});

test('an env line of 1 MB is read whole', () => {
  assert.equal(fromFile(`A=${'x'.repeat(1_000_000)}`)[0]?.length, 1_000_002);
});
