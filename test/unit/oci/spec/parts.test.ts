import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultHostConfig } from '../../../../src/core/docker/config.ts';
import { grantedCapabilities } from '../../../../src/oci/spec/capabilities.ts';
import { namespaces } from '../../../../src/oci/spec/namespaces.ts';
import { checkedCwd, environment } from '../../../../src/oci/spec/process.ts';
import { rlimits } from '../../../../src/oci/spec/rlimits.ts';
import { customSeccomp, defaultSeccomp } from '../../../../src/oci/spec/seccomp.ts';
import { sysctls } from '../../../../src/oci/spec/sysctls.ts';

const seccompOf = (capabilities: string[]) => defaultSeccomp({ capabilities, arch: 'x64', kernel: [6, 1] });
const unconditional = (names: string[]) =>
  seccompOf(names)
    .syscalls.filter(rule => rule.action === 'SCMP_ACT_ALLOW' && rule.args === undefined)
    .flatMap(rule => rule.names);

test('the default filter refuses what has no namespace, and allows it with the capability', () => {
  for (const name of ['keyctl', 'bpf', 'unshare', 'io_uring_setup', 'clone3', 'mount', 'kexec_load', 'userfaultfd'])
    assert.ok(!unconditional([]).includes(name), name);
  for (const name of ['bpf', 'unshare', 'mount', 'clone']) assert.ok(unconditional(['CAP_SYS_ADMIN']).includes(name), name);
  for (const name of ['read', 'execve', 'recv', 'send', 'futex']) assert.ok(unconditional([]).includes(name), name);
  assert.equal(seccompOf([]).syscalls.find(rule => rule.names.includes('clone3'))?.errnoRet, 38);
});

test('a profile of the user applies by capability, architecture and kernel', () => {
  const rule = (names: string, more: object) => ({ names: [names], action: 'SCMP_ACT_ALLOW', ...more });
  const text = JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    syscalls: [
      rule('a', { includes: { caps: ['CAP_CHOWN'] } }),
      rule('b', { excludes: { arches: ['amd64'] } }),
      rule('c', { includes: { minKernel: '6.2' } }),
      rule('d', { args: null }),
    ],
  });
  const names = customSeccomp(text, { capabilities: [], arch: 'x64', kernel: [6, 1] }).syscalls.flatMap(each => each.names);
  assert.deepEqual(names, ['d']);
  assert.throws(() => customSeccomp('[]', { capabilities: [], arch: 'x64', kernel: [6, 1] }), { code: 'SECCOMP_PROFILE_INVALID' });
});

test('capabilities are added to, dropped from and replaced like docker does', () => {
  assert.equal(grantedCapabilities({ add: [], drop: [], privileged: false }).length, 14);
  assert.deepEqual(grantedCapabilities({ add: ['chown'], drop: ['ALL'], privileged: false }), ['CAP_CHOWN']);
  assert.ok(!grantedCapabilities({ add: ['ALL'], drop: ['NET_RAW'], privileged: false }).includes('CAP_NET_RAW'));
  assert.throws(() => grantedCapabilities({ add: ['FLY'], drop: [], privileged: false }), { code: 'CAPABILITY_UNKNOWN' });
});

test('a working directory never leads out of the container', () => {
  for (const cwd of ['/proc/self/fd/7', '/proc/self/fd', '/a/../proc/1/cwd', '//proc/./self/task/1/root/x', '/dev/fd/3', 'relative'])
    assert.throws(() => checkedCwd(cwd), { code: 'WORKDIR_INVALID' }, cwd);
  assert.equal(checkedCwd(''), '/');
  assert.equal(checkedCwd('/a/b/../c/'), '/a/c');
});

test('the environment has defaults that the user can replace', () => {
  const env = environment(['PATH=/mine', 'A=1', 'A=2'], { hostname: 'h', tty: true, home: '/root' });
  assert.deepEqual(env, ['PATH=/mine', 'HOSTNAME=h', 'TERM=xterm', 'A=2', 'HOME=/root']);
});

test('a limit above the own hard limit is refused', () => {
  assert.throws(() => rlimits([{ Name: 'nofile', Soft: 10, Hard: 2000 }], { nofile: 1000 }), { code: 'ULIMIT_TOO_HIGH' });
  assert.throws(() => rlimits([{ Name: 'nofile', Soft: 10, Hard: -1 }], { nofile: 1000 }), { code: 'ULIMIT_TOO_HIGH' });
  assert.deepEqual(rlimits([{ Name: 'nofile', Soft: 1, Hard: 2 }], {}), [{ type: 'RLIMIT_NOFILE', soft: 1, hard: 2 }]);
});

test('only sysctls of a namespace of the container are set', () => {
  const list = namespaces({ ...defaultHostConfig(), NetworkMode: 'host' }, {});
  assert.deepEqual(sysctls({ 'kernel.msgmax': '1' }, list), { 'kernel.msgmax': '1' });
  assert.throws(() => sysctls({ 'net.ipv4.ip_forward': '1' }, list), { code: 'SYSCTL_OF_HOST' });
  assert.throws(() => sysctls({ 'vm.swappiness': '1' }, list), { code: 'SYSCTL_NOT_NAMESPACED' });
});
