import { setTimeout as delay } from 'node:timers/promises';
import type { StatsSample } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { allContainers, findContainer } from './find.ts';
import { monitorOf } from './monitor-of.ts';
import type { Container } from './refresh.ts';
import { cpuPercent, readUsage, type Usage } from './usage.ts';

const INTERVAL_MS = 1000;

/** Samples an interval apart; the first comes after one interval, since a share of the processor needs two readings. */
export async function* containerStats(
  deps: ContainerDeps,
  refs: readonly string[],
  options: { all: boolean; stream: boolean },
): AsyncGenerator<readonly StatsSample[]> {
  let before = await readAll(deps, refs, options.all);
  do {
    await delay(INTERVAL_MS);
    const now = await readAll(deps, refs, options.all);
    yield now.map(reading =>
      sampleOf(
        reading,
        before.find(({ container }) => container.record.id === reading.container.record.id),
      ),
    );
    before = now;
  } while (options.stream);
}

interface Reading {
  readonly container: Container;
  readonly usage: Usage | undefined;
}

async function readAll(deps: ContainerDeps, refs: readonly string[], all: boolean): Promise<Reading[]> {
  const containers =
    refs.length > 0 ? await Promise.all(refs.map(ref => findContainer(deps, ref))) : (await allContainers(deps)).containers;
  const wanted = containers.filter(({ state }) => refs.length > 0 || all || state.status === 'running' || state.status === 'paused');
  return await Promise.all(wanted.map(async container => ({ container, usage: await usageOf(container) })));
}

async function usageOf(container: Container): Promise<Usage | undefined> {
  const { process, cgroup, status } = container.state;
  if (!process || status === 'restarting') return undefined;
  try {
    const pids = await (await monitorOf(container)).pids();
    return readUsage({ init: process.pid, pids, cgroup });
  } catch {
    // It ended while it was looked at: shown as a stopped one.
    return undefined;
  }
}

function sampleOf({ container, usage }: Reading, before: Reading | undefined): StatsSample {
  const { id, name } = container.record;
  const none = { cpuPercent: 0, memoryUsage: 0, memoryLimit: 0, networkRx: 0, networkTx: 0, blockRead: 0, blockWrite: 0, pids: 0 };
  if (!usage) return { id, name, ...none };
  const { cpuSeconds: _seconds, atMs: _at, ...figures } = usage;
  return { id, name, ...figures, cpuPercent: cpuPercent(before?.usage, usage) };
}
