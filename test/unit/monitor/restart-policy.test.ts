import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartRules } from '../../../src/monitor/restart-policy.ts';

const failed = { exitCode: 1, ranForMs: 50, stoppedByUser: false };

test('the delay doubles from 100 ms to one minute and starts anew after ten seconds of running', () => {
  const rules = new RestartRules({ Name: 'always', MaximumRetryCount: 0 });
  const delays = Array.from({ length: 12 }, () => rules.onExit(failed)).map(decision => (decision.restart ? decision.delayMs : -1));
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
  assert.deepEqual(rules.onExit({ ...failed, ranForMs: 10_000 }), { restart: true, delayMs: 100 });
  assert.equal(rules.restarts, 13);
});

test('each policy restarts the exits that docker restarts', () => {
  const cases = [
    ['no', 0, 1, false],
    ['always', 0, 0, true],
    ['unless-stopped', 0, 0, true],
    ['on-failure', 0, 0, false],
    ['on-failure', 0, 137, true],
  ] as const;
  for (const [Name, MaximumRetryCount, exitCode, restart] of cases)
    assert.equal(new RestartRules({ Name, MaximumRetryCount }).onExit({ ...failed, exitCode }).restart, restart, `${Name} ${exitCode}`);
});

test('on-failure:3 restarts three times', () => {
  const rules = new RestartRules({ Name: 'on-failure', MaximumRetryCount: 3 });
  assert.deepEqual(
    Array.from({ length: 5 }, () => rules.onExit(failed).restart),
    [true, true, true, false, false],
  );
});

test('a manual stop ends every policy until a manual start', () => {
  const rules = new RestartRules({ Name: 'always', MaximumRetryCount: 0 });
  assert.equal(rules.onExit({ ...failed, stoppedByUser: true }).restart, false);
  rules.cancel();
  assert.equal(rules.onExit(failed).restart, false);
  rules.renew();
  assert.deepEqual(rules.onExit(failed), { restart: true, delayMs: 100 });
});
