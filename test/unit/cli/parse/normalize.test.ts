import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flags } from '../../../../src/cli/define-command.ts';
import { normalize } from '../../../../src/cli/parse/normalize.ts';

const options: Flags = {
  interactive: { type: 'boolean', alias: 'i', describe: '' },
  tty: { type: 'boolean', alias: 't', describe: '' },
  rm: { type: 'boolean', describe: '' },
  env: { type: 'string', array: true, alias: 'e', describe: '' },
  publish: { type: 'string', array: true, alias: 'p', describe: '' },
  hostname: { type: 'string', alias: 'h', describe: '' },
  name: { type: 'string', describe: '' },
  last: { type: 'number', alias: 'n', describe: '' },
};
const grammar = { options, unsupported: ['-m, --memory', '--cpus'], stopAtFirstWord: true, path: 'tsdocker run' };

const readable: readonly (readonly [line: string[], flags: string[][], words: string[]])[] = [
  [
    ['-it', 'img', '-x', '--rm'],
    [
      ['interactive', 'true'],
      ['tty', 'true'],
    ],
    ['img', '-x', '--rm'],
  ],
  [
    ['-e', 'A=B', '-eC=D', '-e=E=F', 'img'],
    [
      ['env', 'A=B'],
      ['env', 'C=D'],
      ['env', 'E=F'],
    ],
    ['img'],
  ],
  [['-p8080:80', 'img'], [['publish', '8080:80']], ['img']],
  [
    ['-itp80:80', 'img'],
    [
      ['interactive', 'true'],
      ['tty', 'true'],
      ['publish', '80:80'],
    ],
    ['img'],
  ],
  [['--name=a b', 'img'], [['name', 'a b']], ['img']],
  [['--name', '-dash', 'img'], [['name', '-dash']], ['img']],
  [['--name', '--', 'img'], [['name', '--']], ['img']],
  [['--name=', 'img'], [['name', '']], ['img']],
  [['--name="q"', 'img'], [['name', '"q"']], ['img']],
  [['--name=007', 'img'], [['name', '007']], ['img']],
  [['--rm', 'false', 'img'], [['rm', 'true']], ['false', 'img']],
  [['--rm=false', 'img'], [['rm', 'false']], ['img']],
  [
    ['--rm=0', '-i=F', 'img'],
    [
      ['rm', 'false'],
      ['interactive', 'false'],
    ],
    ['img'],
  ],
  [['-h', 'box', 'img'], [['hostname', 'box']], ['img']],
  [['-n', '-1', 'img'], [['last', '-1']], ['img']],
  [['-n0x10'], [['last', '16']], []],
  [['--', '-it', 'img'], [], ['-it', 'img']],
  [['img', '--', 'x'], [], ['img', '--', 'x']],
  [['-', 'x'], [], ['-', 'x']],
];

for (const [line, flags, words] of readable) {
  test(`reads ${line.join(' ')} as docker does`, () => {
    const found = normalize(line, grammar);
    assert.deepEqual(found.flags, flags);
    assert.deepEqual(found.words, words);
  });
}

const refused: readonly (readonly [line: string[], message: string])[] = [
  [['--foo'], 'unknown flag: --foo'],
  [['--foo=1'], 'unknown flag: --foo'],
  [['--constructor'], 'unknown flag: --constructor'],
  [['-z'], "unknown shorthand flag: 'z' in -z"],
  [['-itz'], "unknown shorthand flag: 'z' in -z"],
  [['-e'], "flag needs an argument: 'e' in -e"],
  [['--name'], 'flag needs an argument: --name'],
  [['--rm=maybe'], 'invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [['-n', 'x'], 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [['---x'], 'bad flag syntax: ---x'],
  [['--=x'], 'bad flag syntax: --=x'],
  [['-m', '1g'], '--memory is not supported yet'],
  [['--memory=1g'], '--memory is not supported yet'],
  [['--cpus', '2'], '--cpus is not supported yet'],
];

for (const [line, message] of refused) {
  test(`refuses ${line.join(' ')} in docker's words with 125`, () => {
    assert.throws(() => normalize(line, grammar), { name: 'UserError', message, exitCode: 125 });
  });
}

test('flags may follow words where the command does not hand them on', () => {
  const found = normalize(['a', '--rm', 'b'], { ...grammar, stopAtFirstWord: false });
  assert.deepEqual([found.flags, found.words], [[['rm', 'true']], ['a', 'b']]);
});

test('-h asks for help only where the command has no -h of its own', () => {
  const { hostname: _, ...without } = options;
  assert.equal(normalize(['-h'], { ...grammar, options: without }).help, true);
  assert.equal(normalize(['-h', 'x', '--help'], grammar).help, true);
});
