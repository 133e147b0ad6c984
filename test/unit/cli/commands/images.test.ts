import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli, fakeEngine, fakeImages, imageSummary } from '../../../support/cli.ts';

const now = Math.floor(Date.now() / 1000);
const day = 86_400;
const digest = `sha256:${'cd'.repeat(32)}`;
const engine = fakeEngine({
  images: fakeImages([
    imageSummary({
      RepoTags: ['busybox:latest', '127.0.0.1:5000/busybox:1.36'],
      RepoDigests: [`busybox@${digest}`],
      Created: now - 20 * day,
      Size: 4_261_502,
    }),
    imageSummary({ Id: `sha256:${'ef'.repeat(32)}`, Created: now - 7200, Size: 999, Containers: 2 }),
    imageSummary({
      Id: `sha256:${'0a'.repeat(32)}`,
      RepoTags: ['a-long-name-of-an-image/with/path:some-tag'],
      Created: now - 400 * day,
      Size: 1_234_567_890,
      Containers: 0,
    }),
  ]),
});

const goldens: readonly (readonly [argv: string[], stdout: string])[] = [
  [
    ['images'],
    `REPOSITORY                          TAG        IMAGE ID       CREATED         SIZE
busybox                             latest     abababababab   2 weeks ago     4.26MB
127.0.0.1:5000/busybox              1.36       abababababab   2 weeks ago     4.26MB
<none>                              <none>     efefefefefef   2 hours ago     999B
a-long-name-of-an-image/with/path   some-tag   0a0a0a0a0a0a   13 months ago   1.23GB
`,
  ],
  [['image', 'ls', '-q'], 'abababababab\nabababababab\nefefefefefef\n0a0a0a0a0a0a\n'],
  [
    ['images', '--format', 'table {{.ID}}\\t{{.Size}}\\t{{.CreatedSince}}'],
    `IMAGE ID       SIZE      CREATED
abababababab   4.26MB    2 weeks ago
abababababab   4.26MB    2 weeks ago
efefefefefef   999B      2 hours ago
0a0a0a0a0a0a   1.23GB    13 months ago
`,
  ],
  [
    ['images', '--format', 'table {{upper .ID}} {{.Tag}}'],
    `IMAGE ID TAG
ABABABABABAB latest
ABABABABABAB 1.36
EFEFEFEFEFEF <none>
0A0A0A0A0A0A some-tag
`,
  ],
  [
    ['image', 'list', '--digests', '--format', 'table {{.Digest}}\\t{{.ID}}'],
    `DIGEST                                                                    IMAGE ID
${digest}   abababababab
<none>                                                                    abababababab
<none>                                                                    efefefefefef
<none>                                                                    0a0a0a0a0a0a
`,
  ],
];

for (const [argv, stdout] of goldens) {
  test(`${argv.join(' ')} prints what docker prints`, async () => {
    assert.deepEqual(await cli(argv, engine), { exitCode: 0, stdout, stderr: '' });
  });
}

test('each row as JSON has every field, sorted, with < and > escaped', async () => {
  const { stdout } = await cli(['images', '--format', 'json'], engine);
  const [line = ''] = stdout.split('\n');
  assert.match(
    line,
    /^\{"Containers":"N\/A","CreatedAt":"[^"]+","CreatedSince":"2 weeks ago","Digest":"\\u003cnone\\u003e","ID":"abababababab"/,
  );
  assert.match(
    line,
    /"Repository":"busybox","SharedSize":"N\/A","Size":"4.26MB","Tag":"latest","UniqueSize":"N\/A","VirtualSize":"4.262MB"\}$/,
  );
  assert.deepEqual(await cli(['images', '--format', '{{json .}}'], engine), { exitCode: 0, stdout, stderr: '' });
});

for (const format of ['{{.Foo}}', 'table {{.Foo}}']) {
  test(`the field that --format '${format}' asks for in vain is named`, async () => {
    const { exitCode, stderr, stdout } = await cli(['images', '--format', format], engine);
    assert.equal(exitCode, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /template parsing error: template: :1:2: executing "" at <\.Foo>: can't evaluate field Foo in type \*formatter\.imageContext/,
    );
  });
}

test('a tag that would drive the terminal is shown, not obeyed', async () => {
  const hostile = fakeEngine({ images: fakeImages([imageSummary({ RepoTags: ['evil\x1b[2J:\n\tx'] })]) });
  for (const format of ['table', '{{.Repository}}', 'json']) {
    const { stdout } = await cli(['images', '--format', format], hostile);
    assert.ok(!stdout.includes('\x1b'), format);
  }
  assert.equal((await cli(['images'], hostile)).stdout.split('\n').length, 3);
});

test('filters and the reference reach the engine', async () => {
  let seen: unknown;
  const list = async (options: unknown) => {
    seen = options;
    return [];
  };
  const asked = fakeEngine({ images: { list } });
  await cli(['images', '-a', '-f', 'dangling=true', '-f', 'label=a=b', '-f', 'label=c', 'busy*'], asked);
  const filters = new Map([
    ['dangling', ['true']],
    ['label', ['a=b', 'c']],
    ['reference', ['busy*']],
  ]);
  assert.deepEqual(seen, { all: true, filters, sharedSize: false });
});
