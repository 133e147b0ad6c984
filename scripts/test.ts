// Runs the tests: `node scripts/test.ts [unit | cli | FILE…]`. The last line is `N passed, N failed`.
import { globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = dirname(import.meta.dirname);
const suites: Readonly<Record<string, string>> = { unit: 'test/unit/**/*.test.{ts,tsx}', cli: 'test/cli/**/*.test.ts' };
const TEST_TIMEOUT_MS = 300_000;

const asked = process.argv.slice(2);
const files = (asked.length > 0 ? asked : Object.keys(suites)).flatMap(word => {
  const pattern = suites[word];
  return pattern ? globSync(pattern, { cwd: root }).map(file => resolve(root, file)) : [resolve(word)];
});

const counts = { passed: 0, failed: 0, skipped: 0 };
const events = run({ files: files.sort(), concurrency: 2, timeout: TEST_TIMEOUT_MS });
events.on('test:pass', ({ skip, details }) => {
  if (details.type !== 'suite') counts[skip === undefined ? 'passed' : 'skipped']++;
});
events.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') counts.failed++;
});
events.compose(new spec()).pipe(process.stdout);
events.on('end', () => {
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
process.on('exit', () => {
  if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
});
