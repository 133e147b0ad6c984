import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Digest } from '../../../../src/core/digest.ts';
import type { ProgressListener } from '../../../../src/core/events.ts';
import { cli, fakeEngine } from '../../../support/cli.ts';

const layer: Digest = `sha256:${'a1'.repeat(32)}`;
const known: Digest = `sha256:${'b2'.repeat(32)}`;
const digest: Digest = `sha256:${'c3'.repeat(32)}`;
const reference = 'docker.io/library/busybox:latest';

function engine(upToDate = false) {
  const pull = async (_name: string, _options: object, progress: ProgressListener) => {
    progress({ type: 'pull.start', reference, domain: 'docker.io' });
    progress({ type: 'pull.layer', layer: known, status: 'exists', done: 0, total: 5 });
    for (const [status, done] of [
      ['waiting', 0],
      ['downloading', 1],
      ['downloading', 2],
      ['extracting', 9],
      ['complete', 9],
    ] as const)
      progress({ type: 'pull.layer', layer, status, done, total: 9 });
    progress({ type: 'warning', message: 'odd \x1b[0m platform' });
    progress({ type: 'pull.done', reference, digest, upToDate });
    return { reference };
  };
  return fakeEngine({ images: { pull } });
}

test("a pull in a pipe prints docker's lines, each change of a layer once", async () => {
  const { stdout, stderr, exitCode } = await cli(['pull', 'busybox'], engine());
  assert.equal(
    stdout,
    `Using default tag: latest
latest: Pulling from library/busybox
b2b2b2b2b2b2: Already exists
a1a1a1a1a1a1: Pulling fs layer
a1a1a1a1a1a1: Download complete
a1a1a1a1a1a1: Pull complete
Digest: ${digest}
Status: Downloaded newer image for busybox:latest
docker.io/library/busybox:latest
`,
  );
  assert.deepEqual([stderr, exitCode], ['WARNING: odd \\x1b[0m platform\n', 0]);
});

test('a pull of what is there says so', async () => {
  const { stdout } = await cli(['image', 'pull', 'busybox:latest'], engine(true));
  assert.match(stdout, /^latest: Pulling/);
  assert.match(stdout, /Status: Image is up to date for busybox:latest\n/);
});

test('a quiet pull prints the name alone', async () => {
  assert.equal((await cli(['pull', '-q', 'busybox'], engine())).stdout, `${reference}\n`);
});

test('a pull on a terminal draws each layer and leaves its last state behind', async () => {
  const stdout = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    rows: 24,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  let text = '';
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await cli(['pull', 'busybox'], engine(), { stdout });
  assert.match(text, /a1a1a1a1a1a1: Pull complete/);
  assert.match(text, /Digest: sha256:c3/);
  assert.ok(text.endsWith(`${reference}\n`), JSON.stringify(text));
});
