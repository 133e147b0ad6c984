import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveUser } from '../../../src/oci/user.ts';

const files = {
  passwd: '# comment\nroot:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/sh\nbad:line\n1234:x:7:8::/seven:\n',
  group: 'root:x:0:\ndaemon:x:1:\naudio:x:29:daemon,other\n',
};

const resolved: [string, readonly string[], number, number, number[], string][] = [
  ['', [], 0, 0, [0], '/root'],
  ['daemon', [], 1, 1, [1, 29], '/usr/sbin'],
  ['1', [], 1, 1, [1, 29], '/usr/sbin'],
  ['daemon:audio', [], 1, 29, [29], '/usr/sbin'],
  ['5000', [], 5000, 0, [0], '/'],
  ['5000:5001', [], 5000, 5001, [5001], '/'],
  ['1234', [], 7, 8, [8], '/seven'],
  ['5000', ['audio', '44', '44'], 5000, 0, [0, 29, 44], '/'],
];

for (const [spec, add, uid, gid, additionalGids, home] of resolved)
  test(`user '${spec}' with groups [${add}] is ${uid}:${gid}`, () => {
    assert.deepEqual(resolveUser(spec, files, add), { uid, gid, additionalGids, home });
  });

const refused: [string, readonly string[], RegExp][] = [
  ['nobody', [], /^unable to find user nobody: no matching entries in passwd file$/],
  ['root:nogroup', [], /^unable to find group nogroup: no matching entries in group file$/],
  ['-1', [], /must be in range 0-2147483647/],
  ['4294967296', [], /must be in range/],
  ['0', ['nogroup'], /^Unable to find group nogroup$/],
];

for (const [spec, add, message] of refused)
  test(`user '${spec}' with groups [${add}] is refused`, () => {
    assert.throws(() => resolveUser(spec, files, add), { message });
  });
