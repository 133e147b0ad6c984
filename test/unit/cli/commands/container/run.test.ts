import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../../../src/core/errors.ts';
import type { AttachOptions, CreateOptions } from '../../../../../src/engine/types.ts';
import { cli, fakeEngine } from '../../../../support/cli.ts';
import { fakeSession } from '../../../../support/session.ts';

const id = 'ab'.repeat(32);

/** Runs a command line; answers what the engine was asked for. */
async function asked(...argv: string[]): Promise<CreateOptions & { attach: AttachOptions | null }> {
  const calls: (CreateOptions & { attach: AttachOptions | null })[] = [];
  const run = async (options: CreateOptions, attach: AttachOptions | null) => {
    calls.push({ ...options, attach });
    const session = fakeSession();
    session.end(0);
    return { id, warnings: [], session: attach ? session : null };
  };
  const { stderr, exitCode } = await cli(['run', ...argv], fakeEngine({ containers: { run } }), { env: { HOME: '/h', TOKEN: 't' } });
  assert.deepEqual([stderr, exitCode], ['', 0]);
  const call = calls[0];
  assert.ok(call);
  return call;
}

test('what follows the image belongs to the container', async () => {
  const { config, attach } = await asked('busybox', 'ls', '-l', '--rm');
  assert.deepEqual([config.Image, config.Cmd], ['busybox', ['ls', '-l', '--rm']]);
  assert.deepEqual(attach, { stdin: false, stdout: true, stderr: true });
});

test("flags become docker's configuration", async () => {
  const { name, config, hostConfig } = await asked(
    ...['--name', 'web', '-e', 'A=1', '-e', 'TOKEN', '-w', '/srv/../app', '-u', '5:6', '-h', 'box', '--entrypoint', '', '-l', 'a=b'],
    ...['--stop-signal', 'QUIT', '--stop-timeout', '0', '--health-cmd', 'true', '--health-interval', '2s', '--init=false'],
    ...['--cap-add', 'net_admin', '--cap-drop', 'ALL', '--tmpfs', '/run:size=1m', '--shm-size', '1m', '--restart', 'on-failure:2'],
    ...['--ulimit', 'nofile=5', '--sysctl', 'net.x=1', '--network', 'none', '--pid', 'host', '--add-host', 'h:1.2.3.4', '--read-only'],
    'busybox',
  );
  assert.equal(name, 'web');
  assert.partialDeepStrictEqual(config, {
    Env: ['A=1', 'TOKEN=t'],
    WorkingDir: '/app',
    User: '5:6',
    Hostname: 'box',
    Entrypoint: [''],
    Labels: { a: 'b' },
    StopSignal: 'QUIT',
    StopTimeout: 0,
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 2e9, Retries: 0 },
  });
  assert.partialDeepStrictEqual(hostConfig, {
    Init: false,
    CapAdd: ['CAP_NET_ADMIN'],
    CapDrop: ['ALL'],
    Tmpfs: { '/run': 'size=1m' },
    ShmSize: 1 << 20,
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
    Ulimits: [{ Name: 'nofile', Soft: 5, Hard: 5 }],
    Sysctls: { 'net.x': '1' },
    NetworkMode: 'none',
    PidMode: 'host',
    ExtraHosts: ['h:1.2.3.4'],
    ReadonlyRootfs: true,
  });
});

test('what was not given is left to the image and the configuration', async () => {
  const { name, config, hostConfig, pull } = await asked('busybox');
  assert.deepEqual([name, pull], [undefined, 'missing']);
  for (const key of ['Cmd', 'Entrypoint', 'User', 'WorkingDir', 'Healthcheck', 'StopSignal', 'StopTimeout'])
    assert.ok(!(key in config), key);
  for (const key of ['Init', 'LogConfig', 'NetworkMode', 'ShmSize', 'MaskedPaths']) assert.ok(!(key in hostConfig), key);
});

test('-d attaches nobody and prints the id', async () => {
  const run = async (options: CreateOptions, attach: unknown) => {
    assert.deepEqual([attach, options.config.AttachStdout, options.config.StdinOnce], [null, false, false]);
    return { id, warnings: ['careful'], session: null };
  };
  assert.deepEqual(await cli(['run', '-di', '--rm', 'busybox'], fakeEngine({ containers: { run } })), {
    exitCode: 0,
    stdout: `${id}\n`,
    stderr: 'WARNING: careful\n',
  });
});

test("the process's exit code is passed on", async () => {
  const session = fakeSession();
  session.stdout.write('hi\n');
  session.end(137);
  const run = async () => ({ id, warnings: [], session });
  assert.deepEqual(await cli(['run', 'busybox'], fakeEngine({ containers: { run } })), { exitCode: 137, stdout: 'hi\n', stderr: '' });
});

const refused: readonly (readonly [argv: string[], stderr: RegExp, exitCode: number])[] = [
  [['--rm', '--restart', 'always', 'b'], /conflicting options: cannot specify both --restart and --rm/, 125],
  [['-d', '-a', 'stdout', 'b'], /conflicting options: cannot specify both --attach and --detach/, 125],
  [['-it', 'b'], /the input device is not a TTY/, 1],
  [['-w', 'app', 'b'], /the working directory 'app' is invalid, it needs to be an absolute path/, 125],
  [['--pull', 'often', 'b'], /invalid pull option: 'often': must be one of "always", "missing" or "never"/, 125],
  [['--memory', '1g', 'b'], /--memory is not supported yet/, 125],
  [['-m', '1g', 'b'], /--memory is not supported yet/, 125],
  [['-v', '/a:/b', 'b'], /--volume is not supported yet/, 125],
  [['-p80:80', 'b'], /--publish is not supported yet/, 125],
  [['--gpus', 'all', 'b'], /--gpus is not supported yet/, 125],
  [['--env-file', 'nothing-here', 'b'], /open nothing-here: no such file or directory/, 125],
  [['--env-file', '/', 'b'], /read \/: is a directory/, 125],
  [['-e', '=x', 'b'], /invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x/, 125],
  [['-a', 'stdwhat', 'b'], /invalid argument "stdwhat" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR/, 125],
  [['--no-healthcheck', '--health-cmd', 'x', 'b'], /--no-healthcheck conflicts with --health-\* options/, 125],
  [['--health-interval', '1ns', '--health-cmd', 'x', 'b'], /Interval in Healthcheck cannot be less than 1ms/, 125],
  [['--health-timeout', '-1s', 'b'], /--health-timeout cannot be negative/, 125],
  [['--health-interval', '5', 'b'], /invalid argument "5" for "--health-interval" flag: time: missing unit in duration "5"/, 125],
  [
    ['--security-opt', 'seccomp=/nothing', 'b'],
    /opening seccomp profile \(\/nothing\) failed: open \/nothing: no such file or directory/,
    125,
  ],
  [['--security-opt', 'magic', 'b'], /invalid --security-opt: "magic"/, 125],
  [['--add-host', 'a:1.2.3.4\n6.6.6.6 evil', 'b'], /invalid IP address in add-host/, 125],
  [['--stop-signal', 'NOPE', 'b'], /invalid signal: NOPE/, 125],
  [['--uts', 'host', '-h', 'x', 'b'], /conflicting options: hostname and the UTS mode/, 125],
];
for (const [argv, message, code] of refused) {
  test(`run ${JSON.stringify(argv.join(' '))} is refused before anything happens`, async () => {
    const { exitCode, stderr, stdout } = await cli(['run', ...argv]);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /bug/);
    assert.deepEqual([exitCode, stdout], [code, '']);
  });
}

test("an engine's refusal ends run with 125, and its own code goes first", async () => {
  const failing = (exitCode?: number) =>
    fakeEngine({
      containers: {
        run: () => Promise.reject(new UserError('not-found', 'X', 'no such thing', exitCode === undefined ? {} : { exitCode })),
      },
    });
  assert.equal((await cli(['run', 'b'], failing())).exitCode, 125);
  assert.equal((await cli(['run', 'b'], failing(127))).exitCode, 127);
});

test('a bad line of an env file is named, the file too', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'env-')), 'my.env');
  writeFileSync(file, '\uFEFFA=1\nB C=2\n');
  const { stderr } = await cli(['run', '--env-file', file, 'b']);
  assert.equal(stderr, `tsdocker: invalid env file (${file}): variable 'B C' contains whitespaces (line 2)\n`);
});

test('--cidfile gets the id, refuses a file that exists, and leaves none behind after a failure', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cid-')), 'cid');
  const good = fakeEngine({ containers: { create: async () => ({ id, warnings: [] }) } });
  const bad = fakeEngine({ containers: { create: () => Promise.reject(new UserError('conflict', 'X', 'taken')) } });
  assert.equal((await cli(['create', '--cidfile', file, 'b'], bad)).exitCode, 1);
  assert.ok(!existsSync(file));
  assert.equal((await cli(['create', '--cidfile', file, 'b'], good)).stdout, `${id}\n`);
  assert.equal(readFileSync(file, 'utf8'), id);
  const again = await cli(['create', '--cidfile', file, 'b'], good);
  assert.match(again.stderr, /container ID file found, make sure the other container isn't running or delete/);
  assert.equal(readFileSync(file, 'utf8'), id);
});
