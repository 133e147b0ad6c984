import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { UserError } from '../../../../../src/core/errors.ts';
import type { ContainerSummary, LogEntry, LogOptions, StatsSample } from '../../../../../src/engine/types.ts';
import { cli, fakeEngine } from '../../../../support/cli.ts';
import { fakeSession } from '../../../../support/session.ts';

const missing = (ref: string) => new UserError('not-found', 'CONTAINER_NOT_FOUND', `No such container: ${ref}`);

/** Works for every container but `x`. */
async function butX(ref: string): Promise<void> {
  if (ref === 'x') throw missing(ref);
}

for (const verb of ['stop', 'restart', 'kill', 'rm', 'pause', 'unpause', 'start']) {
  const method = verb === 'rm' ? 'remove' : verb;
  test(`${verb} tells who failed, goes on with the others, and ends with 1`, async () => {
    const { stdout, stderr, exitCode } = await cli([verb, 'a', 'x', 'b'], fakeEngine({ containers: { [method]: butX } }));
    assert.deepEqual([stdout, exitCode], ['a\nb\n', 1]);
    assert.match(stderr, /^tsdocker: No such container: x$/m);
  });
}

test('rm -f of nothing is no failure, as in docker', async () => {
  const { stdout, exitCode } = await cli(['rm', '-f', 'x', 'a'], fakeEngine({ containers: { remove: butX } }));
  assert.deepEqual([stdout, exitCode], ['a\n', 0]);
});

test('stop passes signal and time, and nothing that was not given', async () => {
  const calls: unknown[] = [];
  const engine = fakeEngine({ containers: { stop: async (...call: unknown[]) => void calls.push(call) } });
  await cli(['stop', '-t', '-1', '-s', 'INT', 'a'], engine);
  await cli(['stop', 'a'], engine);
  assert.deepEqual(calls, [
    ['a', { signal: 'INT', timeoutSeconds: -1 }],
    ['a', {}],
  ]);
});

test('a signal that does not exist never reaches the engine', async () => {
  assert.match((await cli(['kill', '-s', 'NOPE', 'a'])).stderr, /invalid signal: NOPE/);
});

test('wait prints exit codes', async () => {
  const wait = async () => ({ exitCode: 7, error: '' });
  assert.equal((await cli(['wait', 'a', 'b'], fakeEngine({ containers: { wait } }))).stdout, '7\n7\n');
});

const summary: ContainerSummary = {
  Id: 'cd'.repeat(32),
  Names: ['/web'],
  Image: 'busybox',
  ImageID: `sha256:${'ab'.repeat(32)}`,
  Command: 'sh -c "echo \x1b[31m; sleep 1000"',
  Created: Math.floor(Date.now() / 1000) - 7200,
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 443, Type: 'tcp' },
    { PrivatePort: 444, Type: 'tcp' },
  ],
  Labels: { b: '2', a: '1' },
  State: 'running',
  Status: 'Up 2 hours',
  HostConfig: { NetworkMode: 'default' },
  NetworkSettings: { Networks: { bridge: {} } },
  Mounts: [],
};

test("ps prints docker's table, and what would drive the terminal is escaped", async () => {
  const { stdout } = await cli(['ps'], fakeEngine({ containers: { list: async () => [summary] } }));
  assert.match(stdout, /^CONTAINER ID {3}IMAGE {5}COMMAND .*CREATED .*STATUS .*PORTS .*NAMES\n/);
  assert.match(stdout, /443-444\/tcp, 0\.0\.0\.0:8080->80\/tcp, \[::\]:8080->80\/tcp {3}web\n$/);
  assert.ok(!stdout.includes('\x1b'));
});

test('ps -l, -n, -a, -s and filters reach the engine', async () => {
  const calls: unknown[] = [];
  const engine = fakeEngine({
    containers: {
      list: async (options: unknown) => {
        calls.push(options);
        return [];
      },
    },
  });
  await cli(['ps', '-l'], engine);
  await cli(['ps', '-n', '3', '-s'], engine);
  await cli(['ps', '-qa', '-f', 'name=x', '-f', 'name=y'], engine);
  const filters = new Map();
  assert.deepEqual(calls, [
    { all: true, size: false, limit: 1, filters },
    { all: true, size: true, limit: 3, filters },
    { all: true, size: false, limit: 0, filters: new Map([['name', ['x', 'y']]]) },
  ]);
});

const formats: readonly (readonly [argv: string[], stdout: string])[] = [
  [['-q'], 'cdcdcdcdcdcd\n'],
  [['-q', '--no-trunc'], `${'cd'.repeat(32)}\n`],
  [['--format', '{{.Names}} {{.State}} {{.Label "a"}} {{.Labels}}'], 'web running 1 a=1,b=2\n'],
  [['--format', 'table {{.Names}}\\t{{.Status}}'], 'NAMES     STATUS\nweb       Up 2 hours\n'],
];
for (const [argv, stdout] of formats) {
  test(`ps ${argv.join(' ')}`, async () => {
    assert.equal((await cli(['ps', ...argv], fakeEngine({ containers: { list: async () => [summary] } }))).stdout, stdout);
  });
}

async function* entries(): AsyncIterable<LogEntry> {
  yield { stream: 'stdout', line: Buffer.from('out \x1b[1m\n'), time: '2026-01-01T00:00:00.000000001Z', attrs: { a: 'b c' } };
  yield { stream: 'stderr', line: Buffer.from([0xff, 0x0a]), time: '2026-01-01T00:00:00.000000002Z', attrs: {} };
}

test('logs go where the container wrote them, byte for byte', async () => {
  const { stdout } = await cli(['logs', 'a'], fakeEngine({ containers: { logs: entries } }));
  assert.equal(stdout, 'out \x1b[1m\n');
});

test('logs -t --details puts time and attributes before each line', async () => {
  const { stdout } = await cli(['logs', '-t', '--details', 'a'], fakeEngine({ containers: { logs: entries } }));
  assert.equal(stdout, '2026-01-01T00:00:00.000000001Z a=b%20c out \x1b[1m\n');
});

test('bounds of logs reach the engine; a bad one does not', async () => {
  const calls: LogOptions[] = [];
  const logs = (_ref: string, options: LogOptions) => {
    calls.push(options);
    return entries();
  };
  await cli(['logs', '-fn', '5', '--since', '1700000000', 'a'], fakeEngine({ containers: { logs } }));
  assert.deepEqual(calls, [{ follow: true, stdout: true, stderr: true, tail: 5, since: new Date(1_700_000_000_000) }]);
  const { exitCode, stderr } = await cli(['logs', '--until', 'soon', 'a']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /invalid value for "until": failed to parse value as time or duration: "soon"/);
});

test('exec passes its command on, and its exit code back', async () => {
  const calls: unknown[] = [];
  const exec = async (...call: unknown[]) => {
    calls.push(call);
    const session = fakeSession();
    session.end(9);
    return session;
  };
  const { exitCode } = await cli(['exec', '-e', 'A=1', '-u', '5', '-w', '/x', 'web', 'ls', '-l'], fakeEngine({ containers: { exec } }));
  assert.equal(exitCode, 9);
  assert.deepEqual(calls, [
    [
      'web',
      {
        args: ['ls', '-l'],
        env: ['A=1'],
        user: '5',
        workingDir: '/x',
        tty: false,
        privileged: false,
        detach: false,
        attach: { stdin: false, stdout: true, stderr: true },
      },
    ],
  ]);
});

const facts = (State: object) => async () => ({
  Id: 'a',
  Config: { Tty: false, OpenStdin: false },
  State: { Running: true, Paused: false, Restarting: false, ...State },
  NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '443/tcp': null } },
});

for (const [state, message] of [
  [{ Running: false }, 'cannot attach to a stopped container, start it first'],
  [{ Paused: true }, 'cannot attach to a paused container, unpause it first'],
  [{ Restarting: true }, 'cannot attach to a restarting container, wait until it is running'],
] as const) {
  test(`attach: ${message}`, async () => {
    const { stderr, exitCode } = await cli(['attach', 'a'], fakeEngine({ containers: { inspect: facts(state) } }));
    assert.deepEqual([stderr, exitCode], [`tsdocker: ${message}\n`, 1]);
  });
}

test('start -a shows the output and ends with the exit code', async () => {
  const session = fakeSession();
  session.stdout.write('hello\n');
  session.end(5);
  const engine = fakeEngine({ containers: { inspect: facts({ Running: false }), startAttached: async () => session } });
  assert.deepEqual(await cli(['start', '-a', 'a'], engine), { exitCode: 5, stdout: 'hello\n', stderr: '' });
  assert.match((await cli(['start', '-a', 'a', 'b'])).stderr, /you cannot start and attach multiple containers at once/);
});

test('port lists what is published', async () => {
  const engine = fakeEngine({ containers: { inspect: facts({}) } });
  assert.equal((await cli(['port', 'a'], engine)).stdout, '80/tcp -> 0.0.0.0:8080\n');
  assert.equal((await cli(['port', 'a', '80'], engine)).stdout, '0.0.0.0:8080\n');
  assert.match((await cli(['port', 'a', '443/tcp'], engine)).stderr, /no public port '443\/tcp' published for a/);
});

test('stats tells what it knows, and -- for what the host does not give', async () => {
  const sample: StatsSample = {
    id: 'ef'.repeat(32),
    name: 'web',
    cpuPercent: 12.345,
    memoryUsage: 1 << 20,
    memoryLimit: 1 << 30,
    networkRx: 1500,
    networkTx: 0,
    blockRead: Number.NaN,
    blockWrite: Number.NaN,
    pids: 3,
  };
  async function* stats() {
    yield [sample];
  }
  const { stdout } = await cli(['stats', '--no-stream'], fakeEngine({ containers: { stats } }));
  const [, row] = stdout.trim().split('\n');
  assert.deepEqual(row?.split(/ {2,}/), ['efefefefefef', 'web', '12.35%', '1MiB / 1GiB', '0.10%', '1.5kB / 0B', '-- / --', '3']);
});

test('prune asks, takes only a yes, and -f does not ask', async () => {
  const prune = async () => ({ deleted: ['a1', 'b2'], reclaimed: 1500 });
  const engine = fakeEngine({ containers: { prune } });
  const answer = (text: string) => cli(['container', 'prune'], engine, { stdin: Readable.from([text]) });
  const question = 'WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ';
  const done = 'Deleted Containers:\na1\nb2\n\nTotal reclaimed space: 1.5kB\n';
  assert.equal((await answer('y\n')).stdout, question + done);
  for (const no of ['n\n', '\n', '', 'yesterday\n']) assert.equal((await answer(no)).stdout, question);
  assert.equal((await cli(['container', 'prune', '-f'], engine)).stdout, done);
});
