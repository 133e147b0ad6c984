import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
  writeFile('variables', '# greetings\nONE=1\n  TWO=two words\nFROM_CALLER\nMISSING\n');
  writeFile('labels', 'color=blue\nbare\n');
});
after(() => bed.close());

/** A file in the user's home, which is also where these tests run commands. */
function writeFile(name: string, text: string): void {
  writeFileSync(join(bed.home, name), text);
  chmodSync(join(bed.home, name), 0o644);
}

const inside = async (flags: readonly string[], script: string): Promise<string> => {
  const args = ['run', '--rm', '--network', 'none', ...flags, 'busybox', 'sh', '-c', `${script}; true`];
  return (await bed.ok(args, { cwd: bed.home, env: { FROM_CALLER: 'yours' } })).stdout.trimEnd();
};

const groups = 'id -u; id -g; id -G';
const capabilities = 'grep -E "Cap(Prm|Eff|Bnd)" /proc/self/status | tr -d "\\t "';
const sameNamespace = (name: string): string => `readlink /proc/self/ns/${name}`;

const rows: readonly (readonly [what: string, flags: readonly string[], script: string, expected: string | RegExp])[] = [
  ['-e sets a variable', ['-e', 'GREETING=hello you'], 'echo $GREETING', 'hello you'],
  [
    '-e with a bare name takes the caller’s value',
    ['-e', 'FROM_CALLER', '-e', 'UNSET_HERE'],
    'echo $FROM_CALLER; env | grep -c UNSET',
    'yours\n0',
  ],
  ['-e may hold an equals sign and nothing', ['-e', 'A=b=c', '-e', 'EMPTY='], 'echo $A; env | grep EMPTY', 'b=c\nEMPTY='],
  [
    'PATH, HOME and HOSTNAME are set, TERM only with a terminal',
    ['-h', 'box'],
    'env | sort | grep -E "^(HOME|HOSTNAME|PATH|TERM)="',
    'HOME=/root\nHOSTNAME=box\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ],
  [
    '--env-file sets what its lines say',
    ['--env-file', 'variables'],
    'echo $ONE/$TWO/$FROM_CALLER; env | grep -c MISSING',
    '1/two words/yours\n0',
  ],
  ['-e wins over --env-file', ['-e', 'ONE=flag', '--env-file', 'variables'], 'echo $ONE', 'flag'],
  ['-w is the folder it starts in, made where it is missing', ['-w', '/some/where'], 'pwd', '/some/where'],
  ['-u takes a name, with its groups', ['-u', 'app'], groups, '1000\n1000\n1000 2000'],
  ['-u takes a number that has a name, with its groups', ['-u', '1000'], groups, '1000\n1000\n1000 2000'],
  ['-u takes a number that has no name', ['-u', '12'], groups, '12\n0\n0'],
  ['-u takes numbers for user and group', ['-u', '12:34'], groups, '12\n34\n34'],
  ['-u takes names for user and group', ['-u', 'app:extra'], groups, '1000\n2000\n2000'],
  ['--group-add adds groups by name and number', ['-u', '12:34', '--group-add', 'extra', '--group-add', '77'], 'id -G', '34 77 2000'],
  [
    'a user other than root has no capabilities, only the bound',
    ['-u', 'app'],
    capabilities,
    /^CapPrm:0{16}\nCapEff:0{16}\nCapBnd:00000000a80425fb$/,
  ],
  ['root has docker’s capabilities', [], capabilities, /CapEff:00000000a80425fb/],
  [
    '--cap-drop takes one away, --cap-add brings one',
    ['--cap-drop', 'chown', '--cap-add', 'CAP_SYS_NICE'],
    capabilities,
    /CapEff:00000000a88425fa/,
  ],
  [
    '--cap-drop ALL leaves what --cap-add names',
    ['--cap-drop', 'ALL', '--cap-add', 'NET_RAW'],
    capabilities,
    /CapEff:0000000000002000\nCapBnd:0000000000002000/,
  ],
  [
    '--privileged has every capability and no seccomp filter',
    ['--privileged'],
    `${capabilities}; grep Seccomp: /proc/self/status`,
    /CapEff:000001ffffffffff\n.*\nSeccomp:\t0/,
  ],
  ['--privileged can mount', ['--privileged'], 'mount -t tmpfs none /tmp && echo mounted', 'mounted'],
  ['no-new-privileges is as asked for', ['--security-opt', 'no-new-privileges'], 'grep NoNewPrivs /proc/self/status', 'NoNewPrivs:\t1'],
  ['seccomp=unconfined takes the filter off', ['--security-opt', 'seccomp=unconfined'], 'grep Seccomp: /proc/self/status', 'Seccomp:\t0'],
  [
    'systempaths=unconfined shows all of /proc',
    ['--security-opt', 'systempaths=unconfined'],
    'grep -c " /proc/" /proc/self/mountinfo',
    '0',
  ],
  ['-h names the host, in /etc/hostname too', ['-h', 'somehost'], 'hostname; cat /etc/hostname', 'somehost\nsomehost'],
  ['--domainname is the NIS domain', ['--domainname', 'example.org'], 'cat /proc/sys/kernel/domainname', 'example.org'],
  ['--add-host adds a line to /etc/hosts', ['--add-host', 'db:10.1.2.3'], 'grep db /etc/hosts', '10.1.2.3\tdb'],
  ['--read-only keeps the root file system as it is', ['--read-only'], 'touch /x 2>&1 || echo refused', /Read-only file system\nrefused/],
  ['--read-only leaves --tmpfs writable', ['--read-only', '--tmpfs', '/run'], 'touch /run/x && echo yes', 'yes'],
  [
    '--tmpfs has docker’s options',
    ['--tmpfs', '/scratch'],
    'grep " /scratch " /proc/mounts',
    /^tmpfs \/scratch tmpfs rw,nosuid,nodev,noexec,relatime/,
  ],
  [
    '--tmpfs takes a size and a mode',
    ['--tmpfs', '/scratch:size=1m,mode=0700'],
    'stat -c %a /scratch; df -k /scratch | tail -1 | tr -s " " | cut -d " " -f 2',
    '700\n1024',
  ],
  ['/dev/shm has 64 MiB', [], 'df -k /dev/shm | tail -1 | tr -s " " | cut -d " " -f 2', '65536'],
  ['--shm-size sets another size', ['--shm-size', '2m'], 'df -k /dev/shm | tail -1 | tr -s " " | cut -d " " -f 2', '2048'],
  [
    '--ulimit sets soft and hard limit',
    ['--ulimit', 'nofile=64:128', '--ulimit', 'core=0'],
    'ulimit -Sn; ulimit -Hn; ulimit -c',
    '64\n128\n0',
  ],
  [
    '--sysctl sets what is the container’s own',
    ['--sysctl', 'net.ipv4.ip_unprivileged_port_start=99', '--sysctl', 'kernel.shmmax=4096'],
    'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shmmax',
    '99\n4096',
  ],
  ['--device brings a device of the host', ['--device', '/dev/zero:/dev/nothing'], 'head -c 3 /dev/nothing | wc -c', '3'],
  ['process 1 is the command', [], 'echo $$', '1'],
  ['--pid host shows the host’s processes', ['--pid', 'host'], 'test $$ -ne 1 && echo many', 'many'],
  ['--ipc none has no /dev/shm', ['--ipc', 'none'], 'grep -c " /dev/shm " /proc/mounts', '0'],
  ['--userns host stays in the user’s own map', ['--userns', 'host'], 'id -u', '0'],
  ['standard input is at its end at once', [], 'cat | wc -c', '0'],
  ['--platform of this machine is taken', ['--platform', `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`], 'echo yes', 'yes'],
  ['--pull never uses what is there', ['--pull', 'never'], 'echo yes', 'yes'],
];
for (const [what, flags, script, expected] of rows) {
  test(what, async () => {
    const output = await inside(flags, script);
    if (typeof expected === 'string') assert.equal(output, expected);
    else assert.match(output, expected);
  });
}

for (const [flag, namespace, expectsHosts] of [
  ['--uts=host', 'uts', true],
  ['--ipc=host', 'ipc', true],
  ['--network=host', 'net', true],
  ['--pid=host', 'pid', true],
  ['--ipc=private', 'ipc', false],
] as const) {
  test(`${flag} ${expectsHosts ? 'shares the host’s namespace' : 'has a namespace of its own'}`, async () => {
    const hosts = (await bed.run(['readlink', `/proc/self/ns/${namespace}`])).stdout.trim();
    const flags = namespace === 'net' ? [] : ['--network', 'none'];
    const containers = await bed.says('run', '--rm', ...flags, flag, 'busybox', 'sh', '-c', sameNamespace(namespace));
    assert.equal(containers === hosts, expectsHosts);
  });
}

test('--pid, --ipc and --network take the namespaces of another container', async () => {
  await bed.background('owner', patient, '--ipc', 'shareable');
  const show = 'for name in pid ipc net; do readlink /proc/self/ns/$name; done';
  const owners = await bed.says('exec', 'owner', 'sh', '-c', show);
  const flags = ['--pid', 'container:owner', '--ipc', 'container:owner', '--network', 'container:owner'];
  assert.equal(await bed.says('run', '--rm', ...flags, 'busybox', 'sh', '-c', show), owners);
  await bed.ok(['rm', '-f', 'owner']);
});

test('--ipc container:… is refused for a container whose IPC is private', async () => {
  await bed.background('closed', patient);
  await bed.refuses(['run', '--rm', '--ipc', 'container:closed', 'busybox', 'true'], 125, /non-shareable IPC/);
  await bed.ok(['rm', '-f', 'closed']);
});

test('labels come from flags and files, and the flag wins', async () => {
  const flags = ['-l', 'color=red', '-l', 'level', '--label-file', 'labels'];
  await bed.ok(['create', '--name', 'labelled', ...flags, 'busybox'], { cwd: bed.home });
  assert.equal(await bed.field('labelled', '{{json .Config.Labels}}'), '{"bare":"","color":"red","level":""}');
  await bed.ok(['rm', 'labelled']);
});

test('a seccomp profile of one’s own is used', async () => {
  const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 };
  writeFile('profile.json', JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }));
  assert.match(await inside(['--security-opt', 'seccomp=profile.json'], 'mkdir /x 2>&1 || true'), /No space left on device/);
});

test('--cidfile holds the id, and is not overwritten', async () => {
  const id = (await bed.ok(['create', '--cidfile', 'cid', 'busybox'], { cwd: bed.home })).stdout.trim();
  assert.equal((await bed.run(['cat', join(bed.home, 'cid')])).stdout, id);
  await bed.refuses(
    ['create', '--cidfile', 'cid', 'busybox'],
    1,
    /container ID file found, make sure the other container isn't running or delete cid/,
    {
      cwd: bed.home,
    },
  );
  await bed.ok(['rm', id]);
});

test('--entrypoint replaces the command’s first word', async () => {
  assert.equal(await bed.says('run', '--rm', '--network', 'none', '--entrypoint', 'echo', 'busybox', 'one', 'two'), 'one two');
});

test('the words after the image belong to the command, flags among them', async () => {
  assert.equal(await bed.says('run', '--rm', '--network', 'none', 'busybox', 'echo', '--rm', '-it', '--name', 'x'), '--rm -it --name x');
});
