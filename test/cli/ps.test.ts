import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

/** Three containers, oldest first: one that ended, one that runs, one that was only made. */
let bed: ContainerBed;
const ids: Record<string, string> = {};
before(async () => {
  bed = await openContainerBed();
  await bed.tsdocker([
    'run',
    '--name',
    'ended',
    '--network',
    'none',
    '-l',
    'tier=back',
    'busybox',
    'sh',
    '-c',
    'echo -n 12345 > /file; exit 3',
  ]);
  ids.running = await bed.background('running', patient, '-l', 'tier=front', '-l', 'app=shop');
  await bed.ok(['create', '--name', 'made', '--network', 'host', 'busybox', 'echo', 'a long command\u001b[31m that is cut']);
  ids.ended = await bed.field('ended', '{{.Id}}');
  ids.made = await bed.field('made', '{{.Id}}');
});
after(() => bed.close());

const names = (...flags: readonly string[]) => bed.says('ps', '--format', '{{.Names}}', ...flags);

const selections: readonly (readonly [what: string, flags: readonly string[], names: string])[] = [
  ['shows what runs', [], 'running'],
  ['-a shows all, newest first', ['-a'], 'made\nrunning\nended'],
  ['-l shows the newest', ['-l'], 'made'],
  ['-n 2 shows the two newest', ['-n', '2'], 'made\nrunning'],
  ['status=exited', ['--filter', 'status=exited'], 'ended'],
  ['status=created', ['--filter', 'status=created'], 'made'],
  ['two statuses are either', ['--filter', 'status=exited', '--filter', 'status=running'], 'running\nended'],
  ['exited=3', ['-a', '--filter', 'exited=3'], 'ended'],
  ['exited=4', ['-a', '--filter', 'exited=4'], ''],
  ['name is a part', ['-a', '--filter', 'name=unn'], 'running'],
  ['name is a pattern', ['-a', '--filter', 'name=^(made|ended)$'], 'made\nended'],
  ['a label by name', ['-a', '--filter', 'label=tier'], 'running\nended'],
  ['a label by value', ['-a', '--filter', 'label=tier=back'], 'ended'],
  ['two labels are both', ['-a', '--filter', 'label=tier', '--filter', 'label=app=shop'], 'running'],
  ['ancestor', ['-a', '--filter', 'ancestor=busybox'], 'made\nrunning\nended'],
  ['before', ['-a', '--filter', 'before=running'], 'ended'],
  ['since', ['-a', '--filter', 'since=running'], 'made'],
  ['network', ['-a', '--filter', 'network=host'], 'made'],
  ['health', ['-a', '--filter', 'health=none', '--filter', 'status=running'], 'running'],
];
for (const [what, flags, expected] of selections) test(`ps: ${what}`, async () => assert.equal(await names(...flags), expected));

test('ps selects by the start of an id', async () => {
  assert.equal(await names('-a', '--filter', `id=${ids.made?.slice(0, 12)}`), 'made');
});

const formats: readonly (readonly [format: string, expected: string | RegExp])[] = [
  ['{{.Image}} {{.State}}', 'busybox running'],
  ['{{.Command}}', '"sh -c \'trap \\"exit 3…"'],
  ['{{.Status}}', /^Up (Less than a second|\d+ seconds?|About a minute)$/],
  ['{{.RunningFor}}', /^(Less than a second|\d+ seconds?|About a minute) ago$/],
  ['{{.CreatedAt}}', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC$/],
  ['{{.Label "tier"}}/{{.Labels}}', 'front/app=shop,tier=front'],
  ['{{.Networks}}', 'none'],
  ['table {{.Names}}\t{{.State}}', 'NAMES     STATE\nrunning   running'],
];
for (const [format, expected] of formats) {
  test(`ps --format ${JSON.stringify(format)}`, async () => {
    const output = await bed.says('ps', '--format', format);
    if (typeof expected === 'string') assert.equal(output, expected);
    else assert.match(output, expected);
  });
}

test('ps prints docker’s table', async () => {
  const [heading, row] = (await bed.says('ps')).split('\n');
  assert.match(heading ?? '', /^CONTAINER ID {3}IMAGE {5}COMMAND {19}CREATED +STATUS +PORTS {5}NAMES$/);
  assert.match(row ?? '', new RegExp(`^${ids.running?.slice(0, 12)} {3}busybox {3}"sh -c 'trap .*running$`));
});

test('ps --format json is one object a line', async () => {
  const objects: { Names: string; ID: string; State: string }[] = (await bed.says('ps', '-a', '--format', 'json'))
    .split('\n')
    .map(line => JSON.parse(line));
  assert.deepEqual(
    objects.map(({ Names, State }) => [Names, State]),
    [
      ['made', 'created'],
      ['running', 'running'],
      ['ended', 'exited'],
    ],
  );
});

test('ps -q prints ids, whole ones with --no-trunc', async () => {
  assert.equal(await bed.says('ps', '-aq', '--no-trunc'), [ids.made, ids.running, ids.ended].join('\n'));
  assert.equal(await bed.says('ps', '-q'), ids.running?.slice(0, 12));
});

test('ps tells how a container ended', async () => {
  assert.match(await bed.says('ps', '-a', '--filter', 'name=ended', '--format', '{{.Status}}'), /^Exited \(3\) .* ago$/);
});

test('ps -s tells what a container wrote', async () => {
  assert.match(await bed.says('ps', '-as', '--filter', 'name=ended', '--format', '{{.Size}}'), /^5B \(virtual \d/);
});

test('control characters in a command never reach the terminal', async () => {
  assert.ok(!(await bed.says('ps', '-a', '--no-trunc')).includes('\u001b'));
});

for (const [flags, exitCode, stderr] of [
  [['--filter', 'colour=red'], 1, /invalid filter 'colour'/],
  [['--filter', 'status=asleep'], 1, /invalid filter 'status=asleep'/],
  [['--filter', 'exited=soon'], 1, /invalid filter 'exited=soon'/],
  [['--filter', 'before=nobody'], 1, /No such container: nobody/],
  [['--filter', 'nonsense'], 1, /bad format of filter \(expected name=value\)/],
  [['--format', '{{.Nothing}}'], 1, /can't evaluate field Nothing/],
  [['--format', '{{'], 1, /template parsing error/],
  [['word'], 1, /accepts no arguments/],
] as const) {
  test(`ps ${flags.join(' ')} is refused`, () => bed.refuses(['ps', '-a', ...flags], exitCode, stderr));
}
