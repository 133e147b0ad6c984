import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTerminal, type Terminal } from '../../../support/terminal.ts';

const program = join(import.meta.dirname, '../../../support/raw-session.ts');

/** Runs `act` in a terminal whose program has raw mode; then asks the terminal how it was left. */
async function inTerminal(act: (terminal: Terminal, pid: number) => Promise<void>): Promise<string> {
  const terminal = await openTerminal([
    'sh',
    '-c',
    `stty -a > /dev/null; "$0" "$1"; echo "code $?"; stty -a | tr ' ' '\\n' | grep -x -e '-*icanon;*' -e '-*echo;*' -e '-*isig;*'`,
    process.execPath,
    program,
  ]);
  try {
    const shown = await terminal.see(/ready/);
    await act(terminal, Number(/pid (\d+)/.exec(shown)?.[1]));
    return await terminal.see(/\[exit \d+\]/);
  } finally {
    await terminal.close();
  }
}

function assertCooked(screen: string): void {
  assert.match(screen, /^isig$/m);
  assert.match(screen, /^icanon$/m);
  assert.match(screen, /^echo$/m);
}

test('keys reach the process unread, and the terminal is itself again after its end', async () => {
  const screen = await inTerminal(async terminal => {
    await terminal.press('C-c');
    await terminal.see(/<03>/);
    await terminal.press('C-p', 'a');
    await terminal.see(/<1061>|<10><61>/);
    await terminal.type('x');
  });
  assert.match(screen, /ended/);
  assertCooked(screen);
});

test('the detach keys give the terminal back', async () => {
  const screen = await inTerminal(terminal => terminal.press('C-p', 'C-q'));
  assert.match(screen, /detached/);
  assertCooked(screen);
});

test("a change of the window's size is told", async () => {
  await inTerminal(async terminal => {
    await terminal.resize(91, 27);
    await terminal.see(/\[91x27\]/);
    await terminal.type('x');
  });
});

test('an uncaught error leaves no raw terminal behind', async () => {
  const screen = await inTerminal(terminal => terminal.type('t'));
  assert.match(screen, /thrown on purpose/);
  assertCooked(screen);
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const) {
  test(`${signal} leaves no raw terminal behind, and ends the program as it would`, async () => {
    const screen = await inTerminal(async (_terminal, pid) => void process.kill(pid, signal));
    assert.match(screen, new RegExp(`code ${code}`));
    assertCooked(screen);
  });
}
