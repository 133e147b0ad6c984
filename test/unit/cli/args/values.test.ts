import { parseAddHost } from '../../../../src/cli/args/add-host.ts';
import { parseCapability } from '../../../../src/cli/args/capability.ts';
import { parseDetachKeys } from '../../../../src/cli/args/detach-keys.ts';
import { parseDevice } from '../../../../src/cli/args/device.ts';
import { parseFilters } from '../../../../src/cli/args/filter.ts';
import { checkHostname } from '../../../../src/cli/args/hostname.ts';
import { parseLabel } from '../../../../src/cli/args/label.ts';
import { parseLogConfig } from '../../../../src/cli/args/log-config.ts';
import { checkPlatform } from '../../../../src/cli/args/platform.ts';
import { parseRestartPolicy } from '../../../../src/cli/args/restart-policy.ts';
import { parseSize } from '../../../../src/cli/args/size.ts';
import { parseSysctl } from '../../../../src/cli/args/sysctl.ts';
import { parseTimeBound } from '../../../../src/cli/args/time-bound.ts';
import { parseTmpfs } from '../../../../src/cli/args/tmpfs.ts';
import { parseUlimit } from '../../../../src/cli/args/ulimit.ts';
import { checkUser } from '../../../../src/cli/args/user.ts';
import { parseDuration } from '../../../../src/core/duration.ts';
import { signalNumber } from '../../../../src/core/signals.ts';
import { parserTable } from '../../../support/table.ts';

parserTable(
  '--label',
  parseLabel,
  [
    ['a', ['a', '']],
    ['a=b=c', ['a', 'b=c']],
    ['__proto__=x', ['__proto__', 'x']],
  ],
  [
    ['', "invalid label '': empty name"],
    ['=b', "invalid label '=b': empty name"],
    ['a b=c', "label 'a b' contains whitespaces"],
  ],
);

parserTable(
  '--ulimit',
  parseUlimit,
  [
    ['nofile=1024:2048', { Name: 'nofile', Soft: 1024, Hard: 2048 }],
    ['core=0', { Name: 'core', Soft: 0, Hard: 0 }],
    ['nproc=5:-1', { Name: 'nproc', Soft: 5, Hard: -1 }],
  ],
  [
    ['nofile', 'invalid ulimit argument: nofile'],
    ['files=1', 'invalid ulimit type: files'],
    ['nofile=1:2:3', 'too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`'],
    ['nofile=2:1', 'ulimit soft limit must be less than or equal to hard limit: 2 > 1'],
    ['nofile=-1:1', 'ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: 1'],
    ['nofile=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['nofile=1e3', 'strconv.ParseInt: parsing "1e3": invalid syntax'],
    ['nofile=99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
  ],
);

const mapping = (PathOnHost: string, PathInContainer: string, CgroupPermissions = 'rwm') => ({
  PathOnHost,
  PathInContainer,
  CgroupPermissions,
});
parserTable(
  '--device',
  parseDevice,
  [
    ['/dev/fuse', mapping('/dev/fuse', '/dev/fuse')],
    ['/dev/zero:/dev/x', mapping('/dev/zero', '/dev/x')],
    ['/dev/zero:r', mapping('/dev/zero', '/dev/zero', 'r')],
    ['/dev/zero:/dev/../dev/x:mr', mapping('/dev/zero', '/dev/x', 'mr')],
  ],
  [
    ['', 'bad format for path: '],
    ['/a:/b:r:w', 'bad format for path: /a:/b:r:w'],
    ['/a:/b:rr', 'bad mode specified: rr'],
    ['/a:b', 'b is not an absolute path'],
    ['dev', 'dev is not an absolute path'],
  ],
);

parserTable(
  '--tmpfs',
  parseTmpfs,
  [
    ['/run', ['/run', '']],
    ['/run:rw,noexec,size=64m', ['/run', 'rw,noexec,size=64m']],
  ],
  [
    ['run', `invalid mount config for type "tmpfs": invalid mount path: 'run' mount path must be absolute`],
    ['/..', `invalid mount config for type "tmpfs": destination can't be '/'`],
    ['/run:lowerdir=/etc', 'invalid tmpfs option "lowerdir=/etc"'],
    ['/run:rw,,ro', 'invalid tmpfs option ""'],
  ],
);

parserTable(
  '--sysctl',
  parseSysctl,
  [
    ['net.core.somaxconn=1', ['net.core.somaxconn', '1']],
    ['kernel.shmmax=2', ['kernel.shmmax', '2']],
  ],
  ['kernel.core_pattern=|/x', 'net.=1', 'net.core', 'net.a/../../kernel.x=1', 'net...kernel=1', '=1', ''].map(text => [
    text,
    `sysctl '${text}' is not allowed`,
  ]),
);

parserTable(
  '--restart',
  parseRestartPolicy,
  [
    ['', { Name: 'no', MaximumRetryCount: 0 }],
    ['always', { Name: 'always', MaximumRetryCount: 0 }],
    ['on-failure:3', { Name: 'on-failure', MaximumRetryCount: 3 }],
    ['unless-stopped', { Name: 'unless-stopped', MaximumRetryCount: 0 }],
  ],
  [
    [':3', 'invalid restart policy format: no policy provided before colon'],
    ['on-failure:x', 'invalid restart policy format: maximum retry count must be an integer'],
    ['on-failure:1:2', 'invalid restart policy format: maximum retry count must be an integer'],
    ['on-failure:-1', 'invalid restart policy: maximum retry count cannot be negative'],
    ['always:3', "invalid restart policy: maximum retry count can only be used with 'on-failure'"],
    ['sometimes', "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"],
  ],
);

parserTable(
  'a duration',
  parseDuration,
  [
    ['0', 0],
    ['1h30m', 5_400e9],
    ['1.5s', 1.5e9],
    ['.5s', 0.5e9],
    ['-2ms', -2e6],
    ['3us', 3000],
    ['3µs', 3000],
    ['10ns', 10],
  ],
  [
    ['', 'time: invalid duration ""'],
    ['10', 'time: missing unit in duration "10"'],
    ['10x', 'time: unknown unit "x" in duration "10x"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['s', 'time: invalid duration "s"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
    ['9999999h', 'time: invalid duration "9999999h"'],
  ],
);

parserTable(
  'a size',
  parseSize,
  [
    ['0', 0],
    ['1024', 1024],
    ['64m', 64 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['32 kb', 32768],
    ['5B', 5],
  ],
  [
    ['', "invalid size: ''"],
    ['-1', "invalid size: '-1'"],
    ['64x', "invalid suffix: 'x'"],
    ['64bb', "invalid suffix: 'bb'"],
    ['1.2.3m', "invalid size: '1.2.3m'"],
    ['99999999999p', "invalid size: '99999999999p'"],
  ],
);

parserTable(
  'a signal',
  signalNumber,
  [
    ['9', 9],
    ['KILL', 9],
    ['sigterm', 15],
    ['SIGRTMIN+3', 37],
    ['RTMAX', 64],
    ['RTMAX-14', 50],
  ],
  ['', '0', '65', '-9', 'NOPE', 'RTMIN+31', 'RTMAX-31', 'CONSTRUCTOR', '9 '].map(text => [text, `invalid signal: ${text}`]),
);

const badUser = (text: string): [string, string] => [
  text,
  `invalid user ${JSON.stringify(text)}: expected name or uid, then optionally ":" and group or gid`,
];
parserTable(
  '--user',
  checkUser,
  ['root', '0', '1000:1000', 'daemon:mail', ':5'].map(text => [text, text]),
  [
    badUser('a:b:c'),
    badUser('a:'),
    badUser('a\nroot'),
    badUser('../x'),
    ['4294967295', 'uids and gids must be in range 0-2147483647'],
    ['0:4294967295', 'uids and gids must be in range 0-2147483647'],
  ],
);

parserTable(
  '--cap-add',
  text => parseCapability('CapAdd', text),
  [
    ['net_admin', 'CAP_NET_ADMIN'],
    ['CAP_CHOWN', 'CAP_CHOWN'],
    ['all', 'ALL'],
  ],
  [['fly', 'invalid CapAdd: unknown capability: "CAP_FLY"']],
);

parserTable(
  '--add-host',
  parseAddHost,
  [
    ['a:1.2.3.4', 'a:1.2.3.4'],
    ['a=1.2.3.4', 'a:1.2.3.4'],
    ['a:::1', 'a:::1'],
    ['a:[::1]', 'a:::1'],
    ['a:host-gateway', 'a:host-gateway'],
  ],
  [
    ['a', 'bad format for add-host: "a"'],
    [':1.2.3.4', 'bad format for add-host: ":1.2.3.4"'],
    ['a:1.2.3.4\n6.6.6.6 evil', 'invalid IP address in add-host: "1.2.3.4\\n6.6.6.6 evil"'],
    ['a\n6.6.6.6 b:1.2.3.4', 'bad format for add-host: "a\\n6.6.6.6 b:1.2.3.4"'],
    ['a:1.2.3', 'invalid IP address in add-host: "1.2.3"'],
    ['a:fe80::1%eth0', 'invalid IP address in add-host: "fe80::1%eth0"'],
  ],
);

parserTable(
  '--hostname',
  checkHostname,
  ['a', 'web-1', 'a.b.c', 'x'.repeat(63)].map(text => [text, text]),
  ['x'.repeat(64), '-a', 'a\n', 'a b', 'ä'].map(text => [text, `invalid hostname format: ${text}`]),
);

parserTable(
  '--filter',
  text => [...parseFilters([text, 'b=2', text])],
  [
    ['b=1', [['b', ['1', '2', '1']]]],
    [
      'LABEL= a=b ',
      [
        ['label', ['a=b', 'a=b']],
        ['b', ['2']],
      ],
    ],
    ['', [['b', ['2']]]],
  ],
  [['b', 'bad format of filter (expected name=value): b']],
);

parserTable(
  '--detach-keys',
  text => [...parseDetachKeys(text)],
  [
    ['ctrl-p,ctrl-q', [16, 17]],
    ['a,b', [97, 98]],
    ['ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_,DEL', [0, 27, 28, 29, 30, 31, 127]],
  ],
  [
    ['ctrl-$', "invalid detach keys (ctrl-$) provided: Unknown character: 'ctrl-$'"],
    ['ctrl-P', "invalid detach keys (ctrl-P) provided: Unknown character: 'ctrl-P'"],
    ['ab', "invalid detach keys (ab) provided: Unknown character: 'ab'"],
    ['a,', "invalid detach keys (a,) provided: Unknown character: ''"],
  ],
);

const now = new Date('2026-01-02T03:04:05Z');
parserTable(
  '--since',
  text => parseTimeBound('since', text, now).toISOString(),
  [
    ['10m', '2026-01-02T02:54:05.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000.5', '2023-11-14T22:13:20.500Z'],
    ['2013-01-02T13:23:37Z', '2013-01-02T13:23:37.000Z'],
    ['2013-01-02T13:23:37.123456789+02:00', '2013-01-02T11:23:37.123Z'],
    ['2013-01-02Z', '2013-01-02T00:00:00.000Z'],
  ],
  ['', 'yesterday', '2013-13-45T00:00:00Z', '2013-01-02 13:23'].map(text => [
    text,
    `invalid value for "since": failed to parse value as time or duration: ${JSON.stringify(text)}`,
  ]),
);

parserTable(
  '--platform',
  checkPlatform,
  ['linux', 'linux/amd64', 'linux/arm/v7'].map(text => [text, text]),
  ['', '/', 'linux/', 'a/b/c/d', 'a b'].map(text => [
    text,
    `invalid platform ${JSON.stringify(text)}: expected os, os/arch or os/arch/variant`,
  ]),
);

parserTable(
  '--log-driver',
  text => parseLogConfig(text, text === 'json-file' ? ['max-size=1m'] : []),
  [
    ['json-file', { Type: 'json-file', Config: { 'max-size': '1m' } }],
    ['none', { Type: 'none', Config: {} }],
  ],
  [
    ['syslog', 'log driver syslog is not supported yet'],
    ['paper', "logger: no log driver named 'paper' is registered"],
  ],
);
