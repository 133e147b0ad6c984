import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { UserError } from '../../../src/core/errors.ts';
import { cli, fakeEngine, fakeImages } from '../../support/cli.ts';

const failures: readonly (readonly [argv: string[], exitCode: number, stderr: RegExp])[] = [
  [['imagez'], 1, /^tsdocker: 'imagez' is not a docker command\.\nTry: tsdocker images/],
  [['xyzzyx'], 1, /^tsdocker: 'xyzzyx' is not a docker command\.\nTry: tsdocker --help\n$/],
  [['image', 'lss'], 1, /^tsdocker: 'image lss' is not a docker command\.\nTry: tsdocker image ls\n$/],
  [['cp', 'a', 'b'], 1, /^tsdocker: 'tsdocker cp' is not supported yet\n$/],
  [['compose', 'up'], 1, /^tsdocker: 'tsdocker compose' is not supported yet\n$/],
  [['image', 'save'], 1, /^tsdocker: 'tsdocker image save' is not supported yet\n$/],
  [['system', 'constructor'], 1, /^tsdocker: 'system constructor' is not a docker command/],
  [['__proto__'], 1, /'__proto__' is not a docker command/],
  [['--foo', 'ps'], 125, /^unknown flag: --foo\nSee 'tsdocker --help'\.\n$/],
  [['-H', 'tcp://x', 'images'], 125, /^tsdocker: --host is not supported yet\n$/],
  [['images', '--foo'], 125, /^unknown flag: --foo\nSee 'tsdocker images --help'\.\n$/],
  [['image', 'ls', '--foo'], 125, /See 'tsdocker image ls --help'/],
  [['pull', '-a', 'x'], 125, /^tsdocker: --all-tags is not supported yet\n$/],
  [['rmi'], 1, /^"tsdocker rmi" requires at least 1 argument\.\nSee 'tsdocker rmi --help'\.\n\nUsage: {2}tsdocker rmi \[OPTIONS\] IMAGE/],
  [['images', 'a', 'b'], 1, /^"tsdocker images" requires at most 1 argument\./],
  [['tag', 'a'], 1, /^"tsdocker tag" requires exactly 2 arguments\./],
  [['version', 'x'], 1, /^"tsdocker version" accepts no arguments\./],
  [['version', '-f', '{{.A'], 1, /template parsing error: template: :1: unclosed action/],
  [['inspect', '-f', '{{.A', 'x'], 64, /template parsing error: template: :1: unclosed action/],
  [['completion', 'tcsh'], 1, /no completion for "tcsh": known are bash, zsh and fish/],
];

for (const [argv, exitCode, stderr] of failures) {
  test(`${argv.join(' ')} fails with ${exitCode}, without opening the engine`, async () => {
    const result = await cli(argv);
    assert.match(result.stderr, stderr);
    assert.deepEqual([result.exitCode, result.stdout], [exitCode, '']);
  });
}

test("help names every command that the table has, in docker's groups", async () => {
  const { stdout, exitCode } = await cli(['--help']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /Common Commands:\n {2}run {9}Create and run a new container from an image\n/);
  assert.match(stdout, /Management Commands:\n {2}container {3}Manage containers\n/);
  assert.match(stdout, /\n {2}rmi {9}Remove one or more images\n/);
  assert.doesNotMatch(stdout, /__complete/);
  assert.equal((await cli([])).stdout, stdout);
});

test("a command's help has its usage, its other names and its flags", async () => {
  const { stdout } = await cli(['image', 'ls', '--help']);
  assert.match(
    stdout,
    /^\nUsage: {2}tsdocker image ls \[OPTIONS\] \[REPOSITORY\[:TAG\]\]\n\nList images\n\nAliases: {2}tsdocker images, tsdocker image ls/,
  );
  assert.match(stdout, /-a, --all +Show all images/);
  assert.doesNotMatch(stdout, /--version/);
});

test('the word help is --help, of the program, a noun or a command', async () => {
  for (const words of [[], ['image'], ['image', 'ls'], ['rmi']])
    assert.equal((await cli(['help', ...words])).stdout, (await cli([...words, '--help'])).stdout);
});

test("--version is one line in docker's form", async () => {
  assert.match((await cli(['--version'])).stdout, /^tsdocker version \S+, build \S+\n$/);
  assert.match((await cli(['-v'], undefined, { programName: 'docker' })).stdout, /^docker version /);
});

test('a failure of the engine is one sentence and the command that helps', async () => {
  const engine = fakeEngine({
    images: {
      tag: async () => {
        throw new UserError('not-found', 'IMAGE_NOT_FOUND', 'No such image: \x1b[31mx', {
          hint: 'tsdocker pull x',
          cause: new Error('deep'),
        });
      },
    },
  });
  const plain = await cli(['tag', 'x', 'y'], engine);
  assert.deepEqual(plain, { exitCode: 1, stdout: '', stderr: 'tsdocker: No such image: \\x1b[31mx\nTry: tsdocker pull x\n' });
  const debug = await cli(['--debug', 'tag', 'x', 'y'], engine);
  assert.match(debug.stderr, /cause.*deep/s);
});

test('a mistake of ours is told as one, with its stack and where to take it', async () => {
  const engine = fakeEngine({ images: { tag: async () => Promise.reject(new TypeError('oops')) } });
  const { exitCode, stderr } = await cli(['tag', 'x', 'y'], engine);
  assert.equal(exitCode, 125);
  assert.match(stderr, /this is a bug in tsdocker: TypeError: oops\n.*at .*\nPlease report it .*'tsdocker info'/s);
});

test("one image that can't be removed does not keep the others", async () => {
  const engine = fakeEngine({
    images: {
      remove: async (name: string) => {
        if (name === 'b') throw new UserError('not-found', 'IMAGE_NOT_FOUND', 'No such image: b');
        return [{ Untagged: name }, { Deleted: 'sha256:1' }];
      },
    },
  });
  const result = await cli(['rmi', 'a', 'b', 'c'], engine);
  assert.equal(result.stdout, 'Untagged: a\nDeleted: sha256:1\nUntagged: c\nDeleted: sha256:1\n');
  assert.deepEqual([result.exitCode, result.stderr], [1, 'tsdocker: No such image: b\n']);
});

test('inspect prints what it found and tells what it did not', async () => {
  const missing = async () => Promise.reject(new UserError('not-found', 'X', 'x'));
  const engine = fakeEngine({
    containers: { inspect: missing },
    images: { inspect: async (n: string) => (n === 'a' ? { Id: 'a' } : missing()) },
  });
  const result = await cli(['inspect', 'a', 'nope'], engine);
  assert.equal(result.stdout, '[\n    {\n        "Id": "a"\n    }\n]\n');
  assert.deepEqual([result.exitCode, result.stderr], [1, 'tsdocker: No such object: nope\n']);
  assert.equal((await cli(['inspect', '-f', '{{.Id}}', 'a'], engine)).stdout, 'a\n');
  assert.equal((await cli(['inspect', 'nope'], engine)).stdout, '[]\n');
});

test('a reader that leaves ends the command quietly', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const result = await cli(['images'], fakeEngine({ images: fakeImages([]) }), { stdout });
  assert.equal(result.stderr, '');
});

test('completion offers commands, verbs, flags and live names', async () => {
  const engine = fakeEngine({ images: { list: async () => [{ RepoTags: ['busybox:latest'] }] } });
  const words = async (...typed: string[]) =>
    (await cli(['__complete', '--', ...typed], engine)).stdout
      .split('\n')
      .map(line => line.split('\t')[0])
      .filter(word => word !== '');
  assert.deepEqual(await words('im'), ['images', 'import', 'image'].toSorted(byTable));
  assert.deepEqual(await words('image', 'l'), ['ls', 'list']);
  assert.deepEqual(await words('images', '--di'), ['--digests']);
  assert.deepEqual(await words('-s', 'vfs', 'rmi', 'bu'), ['busybox:latest']);
  assert.deepEqual(await words('import', ''), [':file']);
  assert.deepEqual(await words('nonsense', ''), []);
});

const order = ['images', 'import', 'image'];
function byTable(a: string, b: string): number {
  return order.indexOf(a) - order.indexOf(b);
}

test("the global flags reach the engine's settings", async () => {
  let seen: { paths?: { root: string }; storageDriver?: string; insecureRegistries?: readonly string[]; runtime?: string } = {};
  const openEngine = async (settings: object) => {
    seen = settings;
    return fakeEngine({ images: fakeImages([]) });
  };
  await cli(
    ['-g', 'data', '-s', 'vfs', '--runtime=crun', '--insecure-registry', 'a:1', '--insecure-registry', 'b:2', 'images'],
    undefined,
    {
      openEngine,
      cwd: '/home/u',
    },
  );
  assert.equal(seen.paths?.root, '/home/u/data');
  assert.equal(seen.storageDriver, 'vfs');
  assert.equal(seen.runtime, 'crun');
  assert.deepEqual(seen.insecureRegistries, ['a:1', 'b:2']);
});
