import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Result, Testbed } from './binary.ts';

/** The data root of a testbed. */
export const dataRoot = (bed: Testbed): string => join(bed.home, '.local/share/tsdocker');

export async function ok(bed: Testbed, ...args: readonly string[]): Promise<Result> {
  const result = await bed.tsdocker(args);
  assert.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
  return result;
}

export async function inspected(bed: Testbed, name: string, template: string): Promise<string> {
  return (await ok(bed, 'inspect', '-f', template, name)).stdout.trim();
}

export async function folderOf(bed: Testbed, name: string): Promise<string> {
  return join(dataRoot(bed), 'containers', await inspected(bed, name, '{{.Id}}'));
}

/** The monitor's pid, from the record that it writes. */
export async function monitorPid(bed: Testbed, name: string): Promise<number> {
  const state: { monitor?: { pid: number } } = JSON.parse(readFileSync(join(await folderOf(bed, name), 'state.json'), 'utf8'));
  assert.ok(state.monitor, `${name} has no monitor`);
  return state.monitor.pid;
}

/** A signal for a process that may have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Processes that belong to a testbed: by their command line, or because a folder of its is mounted in their view. */
export function processesOf(bed: Testbed): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(name => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }))
    .filter(({ pid, command }) => command.includes(bed.home) || read(`/proc/${pid}/mountinfo`).includes(`${dataRoot(bed)}/containers/`));
}

export function monitorsOf(bed: Testbed): number[] {
  return processesOf(bed)
    .filter(({ pid }) => read(`/proc/${pid}/cmdline`).includes('\0__monitor\0'))
    .map(({ pid }) => pid);
}

/** Waits until nothing of the testbed runs or is mounted any more. */
export async function nothingLeft(bed: Testbed): Promise<void> {
  let left = processesOf(bed);
  for (let waited = 0; left.length > 0 && waited < 10_000; waited += 50) {
    await delay(50);
    left = processesOf(bed);
  }
  assert.deepEqual(left, []);
  assert.ok(!read('/proc/self/mountinfo').includes(`${dataRoot(bed)}/containers/`), 'something of it is mounted on the host');
}

/** Whatever happened to the container `name`: the first try of each verb tells the truth, and its name can be used again. */
export async function recovers(bed: Testbed, name: string, options: { start?: boolean } = {}): Promise<void> {
  const filter = ['--filter', `name=^/${name}$`, '--format', '{{.State}}'];
  const status = (await ok(bed, 'ps', '-a', ...filter)).stdout.trim();
  if (status !== '') {
    const [running, pid] = (await inspected(bed, name, '{{.State.Running}} {{.State.Pid}}')).split(' ');
    // It may have ended between the two looks, never have begun.
    if (status !== 'running') assert.equal(running, 'false');
    if (running === 'true') process.kill(Number(pid), 0);
    if (options.start) await ok(bed, 'start', name);
    await ok(bed, 'rm', '-f', name);
  }
  const again = await ok(bed, 'run', '--rm', '--name', name, '--network', 'none', 'busybox', 'echo', 'again');
  assert.equal(again.stdout, 'again\n');
  // What a killed creation left goes with the next removal.
  await ok(bed, 'container', 'prune', '-f');
  await nothingLeft(bed);
  assert.deepEqual(readdirSync(join(dataRoot(bed), 'containers')), []);
}

/** Empty for a process that has ended, and for the kernel's own. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
