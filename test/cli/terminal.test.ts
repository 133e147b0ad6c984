import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed } from '../support/container-bed.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
});
after(() => bed.close());

/** A terminal with this command in it, closed when the test has ended. */
async function terminal(t: { after(hook: () => Promise<void>): void }, ...args: readonly string[]): Promise<Terminal> {
  const screen = await openTerminal(bed.commandLine(args));
  t.after(() => screen.close());
  return screen;
}
const shell = ['run', '-it', '--network', 'none', '-e', 'PS1=in> '];

test('run -it is a shell in a real terminal, and ends with the shell’s exit code', async t => {
  const screen = await terminal(t, ...shell, '--rm', 'busybox', 'sh');
  await screen.see(/in>$/m);
  await screen.type('tty; test -t 0 && test -t 1 && test -t 2 && echo all three; echo $TERM\n');
  await screen.see(/\/dev\/pts\/0\n.*all three\n.*xterm/s);
  await screen.type('exit 7\n');
  await screen.see(/\[exit 7\]/);
});

test('the terminal in the container has the window’s size, and follows it', async t => {
  const screen = await terminal(t, ...shell, '--rm', 'busybox', 'sh');
  await screen.see(/in>$/m);
  await screen.type('stty size\n');
  await screen.see(/^30 100$/m);
  await screen.resize(80, 20);
  await screen.type('until stty size | grep "20 80"; do sleep 0.05; done\n');
  await screen.see(/^20 80$/m);
});

test('Ctrl-C goes to the program in the container, which goes on', async t => {
  const screen = await terminal(t, ...shell, '--rm', 'busybox', 'sh');
  await screen.see(/in>$/m);
  await screen.type('sleep 600\n');
  await screen.see(/sleep 600/);
  await screen.press('C-c');
  await screen.type('echo still $((40+2))\n');
  await screen.see(/still 42/);
  await screen.press('C-d');
  await screen.see(/\[exit/);
});

test('the detach keys leave the container running; attach comes back to it', async t => {
  const screen = await terminal(t, ...shell, '--name', 'left', 'busybox', 'sh');
  await screen.see(/in>$/m);
  await screen.type('word=kept\n');
  await screen.press('C-p', 'C-q');
  await screen.see(/\[exit 0\]/);
  assert.equal(await bed.field('left', '{{.State.Running}}'), 'true');
  const again = await terminal(t, 'attach', 'left');
  await again.press('Enter');
  await again.see(/in>$/m);
  await again.type('echo $word\n');
  await again.see(/^kept$/m);
  await again.type('exit 3\n');
  await again.see(/\[exit 3\]/);
  await bed.ok(['rm', 'left']);
});

test('attach ends with 1 when it is left by the detach keys asked for', async t => {
  await bed.ok(['run', '-dit', '--name', 'keyed', '--network', 'none', '-e', 'PS1=in> ', 'busybox', 'sh']);
  const screen = await terminal(t, 'attach', '--detach-keys', 'ctrl-x,y', 'keyed');
  await screen.press('Enter');
  await screen.see(/in>$/m);
  await screen.press('C-p', 'C-q');
  await screen.type('echo not $((1+1)) left\n');
  await screen.see(/not 2 left/);
  await screen.press('C-x', 'y');
  await screen.see(/read escape sequence\s+\[exit 1\]/);
  await bed.ok(['rm', '-f', 'keyed']);
});

test('exec -it is a terminal of its own in the container, at the window’s size', async t => {
  await bed.ok(['run', '-d', '--name', 'host', '--network', 'none', 'busybox', 'sleep', '600']);
  const screen = await terminal(t, 'exec', '-it', '-e', 'PS1=ex> ', 'host', 'sh');
  await screen.see(/ex>$/m);
  await screen.type('tty; stty size\n');
  await screen.see(/\/dev\/pts\/0\n30 100/);
  await screen.resize(80, 20);
  await screen.type('until stty size | grep "20 80"; do sleep 0.05; done\n');
  await screen.see(/^20 80$/m);
  await screen.type('exit 9\n');
  await screen.see(/\[exit 9\]/);
  await bed.ok(['rm', '-f', 'host']);
});

test('start -ai gives a terminal to a container made with -it', async t => {
  await bed.ok(['create', '-it', '--name', 'later', '--network', 'none', '-e', 'PS1=in> ', 'busybox', 'sh']);
  const screen = await terminal(t, 'start', '-ai', 'later');
  await screen.see(/in>$/m);
  await screen.type('stty size; exit 2\n');
  await screen.see(/30 100\n.*\[exit 2\]/s);
  await bed.ok(['rm', 'later']);
});

test('two terminals attached to one container see the same', async t => {
  await bed.ok(['run', '-dit', '--name', 'shared', '--network', 'none', '-e', 'PS1=in> ', 'busybox', 'sh']);
  const one = await terminal(t, 'attach', 'shared');
  const two = await terminal(t, 'attach', 'shared');
  await one.press('Enter');
  await one.see(/in>$/m);
  await two.press('Enter');
  await two.see(/in>$/m);
  await one.type('echo for $((1+1))\n');
  await one.see(/for 2/);
  await two.see(/for 2/);
  await bed.ok(['rm', '-f', 'shared']);
});

test('the container ends while the terminal is attached: the shell outside is usable again', async t => {
  const screen = await terminal(t, ...shell, '--rm', '--name', 'doomed', 'busybox', 'sh');
  await screen.see(/in>$/m);
  await bed.ok(['kill', 'doomed']);
  await screen.see(/\[exit 137\]/);
});

test('-t without a terminal on standard input is refused in docker’s words', async () => {
  await bed.refuses(['run', '--rm', '-it', 'busybox', 'true'], 1, /the input device is not a TTY/);
});

test('-t without -i works in a pipe, with the terminal’s line ends and one stream', async () => {
  const { stdout, stderr } = await bed.ok(['run', '--rm', '-t', '--network', 'none', 'busybox', 'sh', '-c', 'echo out; echo err >&2']);
  assert.deepEqual({ stdout, stderr }, { stdout: 'out\r\nerr\r\n', stderr: '' });
});
