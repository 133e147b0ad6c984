import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commandTable } from '../../../src/cli/command-table.ts';
import { cli } from '../../support/cli.ts';

test('every command of the table loads and describes itself as the table does', async () => {
  for (const entry of commandTable) {
    const command = await entry.load();
    assert.equal(command.describe, entry.describe, entry.names.join());
  }
});

test('no two commands answer to one name', () => {
  const names = commandTable.flatMap(entry => entry.names);
  assert.deepEqual(names, [...new Set(names)]);
});

test('no flag is both taken and refused, and no letter is taken twice', async () => {
  for (const entry of commandTable) {
    const { options, unsupported } = await entry.load();
    const taken = Object.entries(options).flatMap(([name, { alias }]) => [`--${name}`, ...(alias ? [`-${alias}`] : [])]);
    const all = [...taken, ...unsupported.flatMap(spelling => spelling.split(', '))];
    assert.deepEqual(all, [...new Set(all)], entry.names.join());
  }
});

test('bash reads its completion script and gets words from it', async () => {
  const { stdout: script } = await cli(['completion', 'bash']);
  const driver = `${script}
tool() { [ "$1 $2 $3 $4" = "__complete -- image l" ] && printf 'ls\\tList images\\nlist\\tList images\\n'; }
COMP_WORDS=(tool image l); COMP_CWORD=2; _tsdocker_complete; echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', driver], { encoding: 'utf8' });
  assert.deepEqual([stdout, stderr], ['ls list\n', '']);
});
