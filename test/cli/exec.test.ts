import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
  await bed.background('host', patient, '-e', 'INHERITED=yes', '-w', '/home', '-i');
  writeFileSync(join(bed.home, 'variables'), 'FROM_FILE=file\n');
  chmodSync(join(bed.home, 'variables'), 0o644);
});
after(() => bed.close());

test('exec has streams and an exit code of its own', async () => {
  const { stdout, stderr, exitCode } = await bed.tsdocker(['exec', 'host', 'sh', '-c', 'echo out; echo err >&2; exit 9']);
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 9 });
});

const show = (flags: readonly string[], script: string): Promise<string> => bed.says('exec', ...flags, 'host', 'sh', '-c', script);

const rows: readonly (readonly [what: string, flags: readonly string[], script: string, expected: string])[] = [
  ['has the container’s variables and folder', [], 'echo $INHERITED; pwd', 'yes\n/home'],
  ['-e adds a variable', ['-e', 'ADDED=1'], 'echo $INHERITED $ADDED', 'yes 1'],
  ['-e replaces the container’s', ['-e', 'INHERITED=no'], 'echo $INHERITED', 'no'],
  ['--env-file adds those of a file', ['--env-file', 'variables'], 'echo $FROM_FILE', 'file'],
  ['-w sets the folder', ['-w', '/tmp'], 'pwd', '/tmp'],
  ['-u takes a name, with its groups', ['-u', 'app'], 'id -u; id -g; id -G', '1000\n1000\n1000 2000'],
  ['-u takes numbers', ['-u', '12:34'], 'id -u; id -g', '12\n34'],
  [
    'is filtered and limited like the container',
    [],
    'grep -E "CapEff|Seccomp:" /proc/self/status | tr -d "\\t"',
    'CapEff:00000000a80425fb\nSeccomp:2',
  ],
  ['--privileged gives every capability', ['--privileged'], 'grep CapEff /proc/self/status | tr -d "\\t"', 'CapEff:000001ffffffffff'],
  ['without -i has no input', [], 'wc -c', '0'],
  ['the flags after the command are the command’s', [], 'echo -e -u', '-u'],
];
for (const [what, flags, script, expected] of rows) {
  test(`exec ${what}`, async () => {
    const { stdout } = await bed.ok(['exec', ...flags, 'host', 'sh', '-c', script], { cwd: bed.home, input: 'unread' });
    assert.equal(stdout.trimEnd(), expected);
  });
}

for (const [what, args, exitCode, stderr] of [
  ['a command that is not there', ['host', 'no-such-command'], 127, /exec: "no-such-command": executable file not found in \$PATH/],
  ['a path that is not there', ['host', '/no/such'], 127, /exec: "\/no\/such": stat \/no\/such: no such file or directory/],
  ['a file that is no program', ['host', '/etc/passwd'], 126, /exec: "\/etc\/passwd": permission denied/],
  [
    'a user that is not there',
    ['-u', 'nobody-here', 'host', 'true'],
    126,
    /unable to find user nobody-here: no matching entries in passwd file/,
  ],
  ['a folder given relatively', ['-w', 'tmp', 'host', 'true'], 126, /Cwd must be an absolute path|absolute path/],
  ['a container that is not there', ['nowhere', 'true'], 1, /No such container: nowhere/],
  ['no command', ['host'], 1, /requires at least 2 arguments/],
] as const) {
  test(`exec of ${what} ends with ${exitCode}`, () => bed.refuses(['exec', ...args], exitCode, stderr));
}

test('exec in a container that does not run is refused', async () => {
  await bed.ok(['create', '--name', 'still', 'busybox', 'true']);
  const id = await bed.field('still', '{{.Id}}');
  await bed.refuses(['exec', 'still', 'true'], 1, new RegExp(`container ${id} is not running`));
  await bed.ok(['rm', 'still']);
});

test('what exec is given on standard input arrives whole, and what comes back too', async () => {
  const input = 'line of input\n'.repeat(200_000);
  const { stdout } = await bed.ok(['exec', '-i', 'host', 'cat'], { input });
  assert.ok(stdout === input, `${stdout.length} characters came back of ${input.length}`);
});

test('exec -d comes back at once and prints nothing', async () => {
  assert.equal(await bed.says('exec', '-d', 'host', 'sh', '-c', 'echo done > /tmp/detached; sleep 60'), '');
  assert.equal(await show([], 'until test -s /tmp/detached; do sleep 0.05; done; cat /tmp/detached'), 'done');
});

test('a command killed within the container ends exec with 128 and the signal’s number', async () => {
  assert.equal((await bed.tsdocker(['exec', 'host', 'sh', '-c', 'kill -9 $$'])).exitCode, 137);
});

test('exec ends with the container', async () => {
  await bed.background('short', patient);
  const running = bed.start(['exec', 'short', 'sh', '-c', 'sleep 60']);
  await bed.ok(['kill', 'short']);
  assert.notEqual((await running).exitCode, 0);
  await bed.ok(['rm', 'short']);
});

test('twenty commands, and one that could not start, leave no process behind', async () => {
  for (let n = 0; n < 5; n++) await Promise.all(Array.from({ length: 4 }, () => bed.ok(['exec', 'host', 'true'])));
  await bed.tsdocker(['exec', 'host', 'no-such-command']);
  const states = await show([], 'cat /proc/[0-9]*/stat | cut -d " " -f 3 | grep -c Z || true');
  assert.equal(states, '0');
});
