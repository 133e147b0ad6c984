import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed } from '../support/container-bed.ts';

let bed: ContainerBed;
before(async () => {
  bed = await openContainerBed();
  for (const [name, text] of [
    ['no-name', '=value\n'],
    ['spaces', 'A B=1\n'],
    ['not-json', 'nonsense\n'],
    ['bad-profile', '{"defaultAction": "SCMP_ACT_PANIC"}'],
  ] as const) {
    writeFileSync(join(bed.home, name), text);
    chmodSync(join(bed.home, name), 0o644);
  }
  writeFileSync(join(bed.home, 'binary'), Buffer.from([0x41, 0x3d, 0xff, 0xfe, 0x0a]));
  chmodSync(join(bed.home, 'binary'), 0o644);
});
after(() => bed.close());

const flags: readonly (readonly [flags: readonly string[], stderr: RegExp])[] = [
  [['--name', '../x'], /Invalid container name \(\.\.\/x\), only \[a-zA-Z0-9\]\[a-zA-Z0-9_\.-\] are allowed/],
  [['--name', 'a/b'], /Invalid container name \(a\/b\)/],
  [['--name', '.hidden'], /Invalid container name/],
  [['--name', 'ünïcode'], /Invalid container name/],
  [['--name', 'x'.repeat(300)], /Invalid container name/],
  [['--name', 'line\nbreak'], /Invalid container name \(line\\nbreak\)/],
  [['-e', ''], /invalid environment variable: /],
  [['-e', '=value'], /invalid environment variable: =value/],
  [['--env-file', 'nowhere'], /open nowhere: no such file or directory/],
  [['--env-file', 'no-name'], /no variable name on line '=value'/],
  [['--env-file', 'spaces'], /variable 'A B' contains whitespaces/],
  [['--env-file', 'binary'], /invalid utf8 bytes at line 1/],
  [['--label-file', 'nowhere'], /open nowhere: no such file or directory/],
  [['-w', 'relative'], /the working directory 'relative' is invalid, it needs to be an absolute path/],
  [['-h', 'a\n6.6.6.6 evil'], /invalid hostname|is not a valid hostname|hostname/i],
  [['--add-host', 'db'], /bad format for add-host: "db"/],
  [['--add-host', 'a:1.2.3.4\n6.6.6.6 evil'], /invalid IP address in add-host/],
  [['-u', 'a:b:c'], /invalid user/],
  [['-u', 'nobody-here'], /unable to find user nobody-here: no matching entries in passwd file/],
  [['-u', 'app:no-group'], /unable to find group no-group: no matching entries in group file/],
  [['-u', '4294967296'], /uids and gids must be in range 0-2147483647/],
  [['--cap-add', 'FLY'], /invalid CapAdd: unknown capability: "CAP_FLY"/],
  [['--cap-drop', 'FLY'], /invalid CapDrop: unknown capability: "CAP_FLY"/],
  [['--security-opt', 'shields'], /invalid --security-opt: "shields"/],
  [['--security-opt', 'shields=up'], /invalid --security-opt 2: "shields=up"/],
  [['--security-opt', 'seccomp=nowhere'], /opening seccomp profile \(nowhere\) failed/],
  [['--security-opt', 'seccomp=not-json'], /compacting json for seccomp profile \(not-json\) failed/],
  [['--security-opt', 'seccomp=bad-profile'], /SCMP_ACT_PANIC|seccomp/],
  [['--ulimit', 'nofile'], /invalid ulimit argument: nofile/],
  [['--ulimit', 'wings=2'], /invalid ulimit type: wings/],
  [['--ulimit', 'nofile=2:1'], /ulimit soft limit must be less than or equal to hard limit: 2 > 1/],
  [['--sysctl', 'kernel.panic=1'], /sysctl 'kernel.panic=1' is not allowed/],
  [['--sysctl', 'net.ipv4.ip_forward'], /sysctl 'net.ipv4.ip_forward' is not allowed/],
  [['--tmpfs', 'relative'], /invalid mount path: 'relative' mount path must be absolute/],
  [['--tmpfs', '/'], /invalid mount config for type "tmpfs": destination can't be '\/'/],
  [['--tmpfs', '/x:evil'], /invalid tmpfs option "evil"/],
  [['--shm-size', 'big'], /invalid argument "big" for "--shm-size" flag: invalid size: 'big'/],
  [['--device', 'relative'], /relative|not an absolute path|no such/],
  [
    ['--device', '/dev/none-such'],
    /error gathering device information while adding custom device "\/dev\/none-such": no such file or directory/,
  ],
  [['--device', '/etc/passwd'], /custom device "\/etc\/passwd": not a device node/],
  [['--pid', 'other'], /--pid: invalid PID mode/],
  [['--uts', 'other'], /--uts: invalid UTS mode/],
  [['--ipc', 'other'], /invalid IPC mode: other/],
  [['--userns', 'other'], /--userns: invalid USER mode/],
  [['--pid', 'container:nobody'], /No such container: nobody/],
  [['--network', 'container:nobody'], /No such container: nobody/],
  [['--network', 'no-such-network'], /network no-such-network not found/],
  [['--restart', 'sometimes'], /invalid restart policy: unknown policy 'sometimes'/],
  [['--restart', 'always:3'], /maximum retry count can only be used with 'on-failure'/],
  [['--restart', 'always', '--rm'], /conflicting options: cannot specify both --restart and --rm/],
  [['--stop-signal', 'SIGNAL'], /[Ii]nvalid signal: SIGNAL/],
  [['--stop-timeout', 'soon'], /invalid argument "soon" for "--stop-timeout" flag/],
  [['--health-interval', '1ns', '--health-cmd', 'true'], /Interval in Healthcheck cannot be less than 1ms/],
  [['--health-cmd', 'true', '--no-healthcheck'], /--no-healthcheck conflicts with --health-\* options/],
  [['--pull', 'sometimes'], /invalid pull option: 'sometimes': must be one of "always", "missing" or "never"/],
  [['--runtime', 'no-such-runtime'], /no-such-runtime/],
  [['-a', 'stdlog'], /valid streams are STDIN, STDOUT and STDERR/],
  [['-d', '-a', 'stdout'], /conflicting options: cannot specify both --attach and --detach/],
  [['--entrypoint', '/no/such'], /no such file or directory/],
  [['-v', '/x:/y'], /-v/],
  [['-p', '80:80'], /-p/],
  [['-m', '64m'], /-m/],
];
for (const [given, stderr] of flags) {
  test(`run ${given.map(word => (word.length > 40 ? `${word.slice(0, 40)}…` : word)).join(' ')} is refused`, async () => {
    const network = given.includes('--network') ? [] : ['--network', 'none'];
    const result = await bed.tsdocker(['run', ...network, ...given, 'busybox', 'true'], { cwd: bed.home });
    assert.match(result.stderr, stderr);
    assert.equal(result.exitCode, given[0] === '--entrypoint' ? 127 : 125, result.stderr);
    assert.equal(result.stdout, '');
    assert.ok(!result.stderr.includes('    at '), 'a stack is no answer');
  });
}

test('what was refused before it was made left nothing', async () => {
  const left = await bed.says('ps', '-a', '--format', '{{.Status}}');
  assert.match(left, /^(Created\n?)*$/);
  await bed.ok(['container', 'prune', '-f']);
});

const images: readonly (readonly [image: string, stderr: RegExp])[] = [
  ['', /invalid reference format/],
  ['UPPER', /invalid reference format: repository name \(library\/UPPER\) must be lowercase/],
  ['../escape', /invalid reference format/],
  ['busybox:tag:tag', /invalid reference format/],
  [`busybox:${'t'.repeat(129)}`, /invalid reference format/],
  ['busybox@sha256:zz', /invalid reference format/],
  ['a b', /invalid reference format/],
];
for (const [image, stderr] of images) {
  test(`run of the image ${JSON.stringify(image.slice(0, 30))} is refused`, () =>
    bed.refuses(['run', '--pull', 'never', image, 'true'], 125, stderr));
}

const verbs: readonly (readonly [args: readonly string[], exitCode: number, stderr: RegExp])[] = [
  [['run'], 1, /"?(tsdocker|docker) run"? requires at least 1 argument/],
  [['create'], 1, /requires at least 1 argument/],
  [['start'], 1, /requires at least 1 argument/],
  [['start', 'nobody'], 1, /No such container: nobody/],
  [['start', '-a', 'one', 'two'], 1, /you cannot start and attach multiple containers at once/i],
  [['stop', 'nobody'], 1, /No such container: nobody/],
  [['stop', '-t', 'soon', 'x'], 125, /invalid argument "soon" for "-t, --(time|timeout)" flag/],
  [['restart', 'nobody'], 1, /No such container: nobody/],
  [['kill', 'nobody'], 1, /No such container: nobody/],
  [['kill', '-s', 'WINK', 'nobody'], 1, /[Ii]nvalid signal: WINK|No such container/],
  [['rm', 'nobody'], 1, /No such container: nobody/],
  [['rm', '../../etc'], 1, /No such container: \.\.\/\.\.\/etc/],
  [['rename', 'nobody', 'somebody'], 1, /No such container: nobody/],
  [['logs', 'nobody'], 1, /No such container: nobody/],
  [['logs'], 1, /requires exactly 1 argument/],
  [['attach', 'nobody'], 1, /No such container: nobody/],
  [['wait', 'nobody'], 1, /No such container: nobody/],
  [['inspect', 'nobody'], 1, /No such object: nobody/],
  [['container', 'inspect', 'nobody'], 1, /No such container: nobody/],
  [['top', 'nobody'], 1, /No such container: nobody/],
  [['pause', 'nobody'], 1, /No such container: nobody/],
  [['unpause', 'nobody'], 1, /No such container: nobody/],
  [['port', 'nobody'], 1, /No such container: nobody/],
  [['container', 'prune', '-f', '--filter', 'colour=red'], 1, /invalid filter 'colour'/],
  [['flie'], 1, /'flie' is not a (docker|tsdocker) command/],
  [['ps', '--colour'], 125, /unknown flag: --colour/],
  [['ps', '-Z'], 125, /unknown shorthand flag: 'Z' in -Z/],
];
for (const [args, exitCode, stderr] of verbs) test(`${args.join(' ')} ends with ${exitCode}`, () => bed.refuses(args, exitCode, stderr));

test('verbs that need a running container say so of one that is not', async () => {
  await bed.ok(['create', '--name', 'still', 'busybox', 'true']);
  for (const [verb, said] of [
    ['kill', /is not running/],
    ['pause', /is not running/],
    ['unpause', /is not (paused|running)/],
    ['attach', /cannot attach to a stopped container, start it first/],
    ['top', /is not running/],
  ] as const) {
    await bed.refuses([verb, 'still'], 1, said);
  }
  await bed.ok(['rm', 'still']);
});
