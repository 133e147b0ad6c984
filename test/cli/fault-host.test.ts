import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { execa } from 'execa';
import { openTestbed, type Result, type Testbed } from '../support/binary.ts';
import { nothingLeft, ok, recovers } from '../support/faults.ts';
import { importBusybox } from '../support/images.ts';

let bed: Testbed;
before(async () => {
  bed = await openTestbed();
  await importBusybox(bed);
});
afterEach(() => bed.tsdocker(['rm', '-f', 'victim']));
after(() => bed.close());

const isRoot = process.getuid?.() === 0;
const needsRoot = { skip: isRoot ? false : 'only root can lay other files over those of this machine' };

/** Runs a command on a machine that has `content` in place of a file (null: no rights to it), as only this command sees it. */
async function where(replaced: Readonly<Record<string, string | null>>, args: readonly string[]): Promise<Result> {
  const mounts = Object.entries(replaced).map(([path, content], index) => {
    const source = join(bed.home, `replaced-${index}`);
    writeFileSync(source, content ?? '');
    chmodSync(source, content === null ? 0o000 : 0o644);
    return `mount --bind ${source} ${path}`;
  });
  const script = `mount --make-rprivate /; ${mounts.join('; ')}; exec "$@"`;
  const command = ['--mount', 'sh', '-euc', script, 'sh', ...bed.commandLine(args)];
  const { stdout, stderr, exitCode } = await execa('unshare', command, { reject: false, stripFinalNewline: false, input: '' });
  return { stdout, stderr, exitCode: exitCode ?? 255 };
}

const run = ['run', '--rm', '--network', 'none', 'busybox'];

test('without subordinate ids containers work with one id, and one line tells the command that helps', needsRoot, async () => {
  const { stdout, stderr, exitCode } = await where({ '/etc/subuid': 'someone:200000:65536\n', '/etc/subgid': '' }, [...run, 'id', '-u']);
  assert.deepEqual([stdout, exitCode], ['0\n', 0], stderr);
  assert.match(
    stderr,
    /^WARNING: you have no subordinate ids.*sudo usermod --add-subuids 265536-331071 --add-subgids 100000-165535 \S+\n$/,
  );
});

const machines: readonly (readonly [string, Record<string, string | null>, RegExp])[] = [
  ['a subuid line that is none', { '/etc/subuid': '*:100000\n' }, /\/etc\/subuid line 1 is not "name:first:count"/],
  ['a subuid line with a word for a number', { '/etc/subuid': '*:many:65536\n' }, /\/etc\/subuid line 1 is not/],
  ['a subuid range that nobody gave', { '/etc/subuid': '*:0:65536\n' }, /newuidmap refused your subordinate ids.*\nTry: check your line/],
  ['an /etc/subuid that can’t be read', { '/etc/subuid': null }, /\/etc\/subuid can't be read: EACCES\nTry: sudo chmod 0644 \/etc\/subuid/],
  ['a newuidmap that is not setuid root', { '/usr/bin/newuidmap': null }, /newuidmap/],
];
for (const [what, replaced, message] of machines) {
  test(`${what} is one clear sentence, and leaves nothing`, needsRoot, async () => {
    const files = Object.fromEntries(
      Object.entries(replaced).map(([path, text]) => [path, text?.replace('*', bed.env.USER ?? '') ?? null] as const),
    );
    const { stderr, exitCode } = await where(files, ['run', '--name', 'victim', '--network', 'none', 'busybox', 'true']);
    assert.equal(exitCode, 125);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /bug/);
    assert.equal((await ok(bed, 'ps', '-aq')).stdout, '');
    await nothingLeft(bed);
  });
}

test('a machine that refuses user namespaces says how to allow them', needsRoot, async () => {
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
  const command = ['--user', '--map-root-user', '--map-auto', 'sh', '-euc', script, 'sh', ...bed.commandLine([...run, 'true'])];
  const { stderr, exitCode } = await execa('unshare', command, { reject: false });
  if (!/user namespace/.test(stderr)) return;
  assert.equal(exitCode, 125);
  assert.match(stderr, /does not let you make a user namespace\nTry: sudo sysctl/);
});

const homes: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['HOME is empty', { HOME: '' }, /^$/],
  ['XDG_RUNTIME_DIR is empty', { XDG_RUNTIME_DIR: '' }, /^$/],
  ['HOME is not a folder', { HOME: '/dev/null' }, /^tsdocker: .*\/dev\/null.*ENOTDIR/],
  ['HOME can’t be written', { HOME: '/proc' }, /^tsdocker: the folder \/proc\/\S+ can't be made.*\nTry: name another place/],
  ['XDG_RUNTIME_DIR can’t be written', { XDG_RUNTIME_DIR: '/proc' }, /^tsdocker: the folder \/proc\/tsdocker can't be made/],
];
for (const [what, env, stderr] of homes) {
  test(`where ${what}, ps ${stderr.source === '^$' ? 'works' : 'says so'}`, async () => {
    const result = await bed.tsdocker(['ps'], { env });
    assert.match(result.stderr, stderr);
    assert.equal(result.exitCode, stderr.source === '^$' ? 0 : 125);
  });
}

test('a runtime folder whose path is longer than a socket’s may be works, terminals included', async () => {
  const folder = join(bed.home, 'r'.repeat(120));
  assert.equal((await bed.run(['mkdir', '-m', '700', folder])).exitCode, 0);
  const env = { XDG_RUNTIME_DIR: folder };
  const started = await bed.tsdocker(['run', '-d', '-t', '--name', 'victim', '--network', 'none', 'busybox', 'sleep', '1000'], { env });
  assert.equal(started.exitCode, 0, started.stderr);
  assert.equal((await bed.tsdocker(['exec', 'victim', 'echo', 'here'], { env })).stdout, 'here\n');
  assert.equal((await bed.tsdocker(['rm', '-f', 'victim'], { env })).exitCode, 0);
  await nothingLeft(bed);
});

/** crun, but the verb named does something else. */
function faultyRuntime(name: string, verb: string, fault: string): string {
  const path = join(bed.home, 'bin', name);
  mkdirSync(join(bed.home, 'bin'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nfor word in "$@"; do [ "$word" = ${verb} ] && { ${fault}; }; done\nexec crun "$@"\n`, { mode: 0o755 });
  return path;
}

const faults: readonly (readonly [string, string, RegExp])[] = [
  ['fails', 'echo "no such luck" >&2; exit 1', /OCI runtime failed/],
  ['dies', 'kill -9 $$', /OCI runtime failed/],
  ['does its work and fails then', 'crun "$@"; exit 1', /OCI runtime failed/],
];
for (const [what, fault, message] of faults) {
  for (const verb of ['run', 'exec']) {
    test(`a runtime whose ${verb} ${what} is one clear sentence, and leaves nothing`, async () => {
      const runtime = faultyRuntime(`${verb}-${what.replaceAll(' ', '-')}`, verb, fault);
      const start = ['run', '-d', '--name', 'victim', '--network', 'none', '--runtime', runtime, 'busybox', 'sleep', '1000'];
      const failing =
        verb === 'run' ? await bed.tsdocker(start) : await bed.tsdocker(start).then(() => bed.tsdocker(['exec', 'victim', 'true']));
      assert.match(failing.stderr, message);
      assert.notEqual(failing.exitCode, 0);
      if (verb === 'run') await nothingLeft(bed);
      await ok(bed, 'rm', '-f', 'victim');
      await recovers(bed, 'victim');
    });
  }
}

test('a runtime that hangs keeps nobody from removing its container', { timeout: 120_000 }, async () => {
  const runtime = faultyRuntime('hangs', 'run', 'sleep 1000');
  const hanging = bed.start(['run', '--name', 'victim', '--network', 'none', '--runtime', runtime, 'busybox', 'true']);
  while ((await bed.tsdocker(['inspect', 'victim'])).exitCode !== 0);
  assert.equal((await ok(bed, 'ps', '-a', '--format', '{{.State}}')).stdout, 'created\n');
  hanging.kill('SIGKILL');
  await hanging;
  await ok(bed, 'rm', '-f', 'victim');
  await recovers(bed, 'victim');
});

test('a runtime that is not there makes no container', async () => {
  for (const runtime of ['/no/such/runtime', 'no-such-runtime', '/bin/true']) {
    const { exitCode, stderr } = await bed.tsdocker(['run', '--name', 'victim', '--runtime', runtime, 'busybox', 'true']);
    assert.equal(exitCode, 125);
    assert.match(stderr, /unknown or invalid runtime name|neither crun nor runc/);
  }
  assert.equal((await ok(bed, 'ps', '-aq')).stdout, '');
});

test('a monitor that breaks down leaves its last words where the error shows them', async () => {
  await ok(bed, 'create', '--name', 'victim', '--network', 'none', 'busybox', 'true');
  const { stdout } = await ok(bed, 'inspect', '-f', '{{.Id}}', 'victim');
  const folder = join(bed.home, '.local/share/tsdocker/containers', stdout.trim());
  // A folder where it writes a file: no user does that, and it is not prepared for it.
  writeFileSync(join(folder, 'etc'), '');
  const { stderr, exitCode } = await bed.tsdocker(['start', 'victim']);
  assert.notEqual(exitCode, 0);
  assert.match(stderr, /monitor failed/);
  assert.match(readFileSync(join(folder, 'monitor.log'), 'utf8'), /this is a bug: .*\n +at /);
});
