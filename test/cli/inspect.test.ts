import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
let id: string;
before(async () => {
  bed = await openContainerBed();
  id = await bed.background('web', patient, '-e', 'A=1', '-l', 'tier=front', '-h', 'web1', '-w', '/tmp', '-u', 'app', '--tmpfs', '/run');
});
after(() => bed.close());

const templates: readonly (readonly [template: string, expected: string | RegExp])[] = [
  ['{{.Name}}', '/web'],
  ['{{.State.Running}} {{.State.Status}} {{.State.ExitCode}}', 'true running 0'],
  ['{{.State.Pid}}', /^[1-9]\d*$/],
  ['{{.State.StartedAt}}', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/],
  ['{{.State.FinishedAt}}', '0001-01-01T00:00:00Z'],
  ['{{json .Config.Env}}', '["A=1"]'],
  ['{{json .Config.Cmd}}', JSON.stringify(['sh', '-c', patient]).replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')],
  ['{{.Config.Hostname}} {{.Config.WorkingDir}} {{.Config.User}} {{.Config.Image}}', 'web1 /tmp app busybox'],
  ['{{index .Config.Labels "tier"}}', 'front'],
  ['{{range .Config.Env}}[{{.}}]{{end}}', '[A=1]'],
  ['{{len .Config.Env}}', '1'],
  ['{{join .Config.Cmd ","}}', /^sh,-c,/],
  ['{{if .State.Running}}up{{else}}down{{end}}', 'up'],
  ['{{printf "%s-%d" .Config.Hostname .RestartCount}}', 'web1-0'],
  ['{{.HostConfig.NetworkMode}} {{.HostConfig.RestartPolicy.Name}}', 'none no'],
  ['{{json .HostConfig.Tmpfs}}', '{"/run":""}'],
  ['{{.Config.Labels}}', 'map[tier:front]'],
  ['{{.State.Pid | println}}', /^\d+$/],
];
for (const [template, expected] of templates) {
  test(`inspect -f ${JSON.stringify(template)}`, async () => {
    const output = await bed.field('web', template);
    if (typeof expected === 'string') assert.equal(output, expected);
    else assert.match(output, expected);
  });
}

test('inspect prints an array of docker’s objects', async () => {
  const [object, ...others]: { Id: string; Name: string; Platform: string; LogPath: string; State: object }[] = JSON.parse(
    await bed.says('inspect', 'web'),
  );
  assert.equal(others.length, 0);
  assert.equal(object?.Id, id);
  assert.deepEqual(Object.keys(object?.State ?? {}).slice(0, 11), [
    'Status',
    'Running',
    'Paused',
    'Restarting',
    'OOMKilled',
    'Dead',
    'Pid',
    'ExitCode',
    'Error',
    'StartedAt',
    'FinishedAt',
  ]);
});

test('inspect -s adds the sizes', async () => {
  assert.match(await bed.says('inspect', '-s', '-f', '{{.SizeRw}} {{.SizeRootFs}}', 'web'), /^\d+ [1-9]\d+$/);
});

test('inspect goes on after one that is not there', async () => {
  const { stdout, stderr, exitCode } = await bed.tsdocker(['inspect', '-f', '{{.Name}}', 'missing', 'web']);
  assert.deepEqual({ stdout, exitCode }, { stdout: '/web\n', exitCode: 1 });
  assert.match(stderr, /No such object: missing/);
});

for (const [template, exitCode, stderr] of [
  ['{{.Nope}}', 1, /can't evaluate field Nope|map has no entry for key "Nope"/],
  ['{{', 64, /template parsing error/],
  ['{{nosuch .}}', 64, /function "nosuch" not defined/],
] as const) {
  test(`inspect refuses the template ${template}`, () => bed.refuses(['inspect', '-f', template, 'web'], exitCode, stderr));
}

test('top shows the container’s processes as the host sees them', async () => {
  const [heading = '', first = ''] = (await bed.says('top', 'web')).split('\n');
  assert.match(heading, /^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/);
  assert.match(first, new RegExp(` ${await bed.field('web', '{{.State.Pid}}')} .*sh -c trap`));
});

test('top takes ps’s own options', async () => {
  const lines = (await bed.says('top', 'web', '-o', 'pid,comm')).split('\n');
  assert.match(lines[0] ?? '', /^PID +COMMAND$/);
  assert.match(lines[1] ?? '', /sh$/);
});

test('top of a container that does not run is refused', async () => {
  await bed.ok(['create', '--name', 'still', 'busybox', 'true']);
  await bed.refuses(['top', 'still'], 1, /is not running/);
  await bed.ok(['rm', 'still']);
});

test('stats measures what runs', async () => {
  const line = await bed.says('stats', '--no-stream', '--format', '{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.PIDs}}', 'web');
  assert.match(line, /^web\|\d+\.\d\d%\|.* \/ .*\|\d+$/);
  const [heading = ''] = (await bed.says('stats', '--no-stream')).split('\n');
  assert.match(heading, /^CONTAINER ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS$/);
});

test('stats of a container that is not there is refused', () =>
  bed.refuses(['stats', '--no-stream', 'missing'], 1, /No such container: missing/));

test('port shows nothing where nothing is published', async () => {
  assert.equal(await bed.says('port', 'web'), '');
  await bed.refuses(['port', 'web', '80'], 1, /no public port '80\/tcp' published for web/);
  await bed.refuses(['port', 'web', 'many'], 1, /invalid port: many/);
});
