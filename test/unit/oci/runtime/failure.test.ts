import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyFailure } from '../../../../src/oci/runtime/failure.ts';
import { runtimeWarnings } from '../../../../src/oci/runtime/known-flaws.ts';
import { lastMessage } from '../../../../src/oci/runtime/log.ts';

/** As crun 1.8.1 and 1.21 and runc 1.1.5 said them. */
const said: [string, string, number, RegExp][] = [
  [
    'executable file `nosuch` not found in $PATH: No such file or directory',
    'nosuch',
    127,
    /exec: "nosuch": executable file not found in \$PATH/,
  ],
  ['executable file `/nosuch` not found in $PATH: No such file or directory', '/nosuch', 127, /stat \/nosuch: no such file or directory/],
  ['open executable: Permission denied', '/bin/noexec', 126, /permission denied/],
  ['open executable: Operation not permitted', '/bin', 126, /permission denied/],
  ['exec container process `/bin/badelf`: Exec format error', '/bin/badelf', 126, /another architecture/],
  ['runc run failed: unable to start container process: exec: "nosuch": executable file not found in $PATH', 'nosuch', 127, /\$PATH/],
  ['runc run failed: unable to start container process: exec: "/nosuch": stat /nosuch: no such file or directory', '/nosuch', 127, /stat/],
  ['exec failed: unable to start container process: exec: "/bin/noexec": permission denied', '/bin/noexec', 126, /permission denied/],
  ['the path `/bin` is not a regular file: Operation not permitted', '/bin', 126, /is a directory/],
  ['the path `/bin/noexec` exists but it is not executable: Operation not permitted', '/bin/noexec', 126, /permission denied/],
  ["error stat'ing file `/dev/mqueue`: No such file or directory", 'sh', 125, /mqueue/],
  ['open /proc/sys/kernel/domainname: Permission denied', 'sh', 125, /domainname/],
  ['', 'sh', 125, /no reason/],
];

for (const [message, program, exitCode, text] of said)
  test(`'${message}' ends with ${exitCode}`, () => {
    const error = classifyFailure(message, program);
    assert.equal(error.exitCode, exitCode);
    assert.match(error.message, text);
  });

test('the last error of a log counts, not the warnings after it', () => {
  const log = '{"level":"error","msg":"first"}\n{"level":"error","msg":"real"}\n{"level":"warning","msg":"noise"}\n';
  assert.equal(lastMessage(log), 'real');
  assert.equal(lastMessage('plain words'), 'plain words');
});

test('versions with known ways out are named, fixed ones are not', () => {
  const affected = ['1.1.5+ds1', '1.2.7', '1.3.2', '1.4.0-rc.2'];
  for (const version of affected) assert.notDeepEqual(runtimeWarnings('runc', version), [], version);
  for (const version of ['1.2.8', '1.3.3', '1.4.0-rc.3', '1.4.0', '1.5.0']) assert.deepEqual(runtimeWarnings('runc', version), [], version);
  assert.deepEqual(runtimeWarnings('crun', '1.8.1'), []);
});
