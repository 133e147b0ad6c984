// tsdocker beside podman and docker, where they are installed: medians and ratios as a table and in dist/bench.json.
//   BENCH_ROUNDS=15        how often each is run
//   BENCH_PEERS='a b'      a command line that runs another podman and docker: `a b podman …`
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { dirname, join } from 'node:path';
import { openTestbed, type Testbed } from '../test/support/binary.ts';
import { debianTar } from '../test/support/images.ts';
import { cases, measure } from './bench/cases.ts';
import { type Engine, findEngines } from './bench/engines.ts';
import { openRegistry } from './bench/registry.ts';

interface Row {
  readonly what: string;
  readonly goal: number;
  /** Medians, ms. */
  readonly medians: Readonly<Record<string, number>>;
  readonly ratioToPodman: number | undefined;
}

const root = dirname(import.meta.dirname);
const rounds = Number(process.env.BENCH_ROUNDS ?? 15);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

async function compare(engines: readonly Engine[], debian: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of cases(rounds, debian)) {
    console.error(`bench: ${one.what}`);
    try {
      const times = await measure(one, engines);
      const medians = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
      const ratio = medians.podman ? Math.round(((medians.tsdocker ?? 0) / medians.podman) * 100) / 100 : undefined;
      rows.push({ what: one.what, goal: one.goal, medians, ratioToPodman: ratio });
    } catch (error) {
      console.error(`bench: left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return rows;
}

/** Memory of one idle monitor, KiB: its own, and what it shares with other processes of the binary. */
async function monitorMemory(bed: Testbed): Promise<{ privateKib: number; sharedKib: number } | undefined> {
  const started = await bed.tsdocker(['run', '-d', '--network', 'none', 'busybox', 'sleep', '1000']);
  const id = started.stdout.trim();
  if (!id) return undefined;
  try {
    await new Promise(resolve => setTimeout(resolve, 2000));
    const state: { monitor: { pid: number } } = JSON.parse(
      readFileSync(join(bed.home, '.local/share/tsdocker/containers', id, 'state.json'), 'utf8'),
    );
    const rollup = readFileSync(`/proc/${state.monitor.pid}/smaps_rollup`, 'utf8');
    const sum = (kind: string): number =>
      [...rollup.matchAll(new RegExp(`^${kind}_\\w+:\\s+(\\d+)`, 'gm'))].reduce((all, [, kib]) => all + Number(kib), 0);
    return { privateKib: sum('Private'), sharedKib: sum('Shared') };
  } finally {
    await bed.tsdocker(['rm', '-f', id]);
  }
}

function print(rows: readonly Row[], engines: readonly Engine[]): void {
  const cells = [
    ['', ...engines.map(({ name, version }) => `${name} ${version}`), 'to podman', 'goal'],
    ...rows.map(({ what, medians, ratioToPodman, goal }) => [
      what,
      ...engines.map(({ name }) => `${medians[name]} ms`),
      `${ratioToPodman ?? '-'}`,
      `${goal}`,
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0))) ?? [];
  for (const row of cells)
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
}

const bed = await openTestbed();
const registryFolder = mkdtempSync('/tmp/tsd-bench-');
const registry = await openRegistry(registryFolder);
try {
  const debian = await registry.push(await debianTar(), 'debian');
  const engines = await findEngines(bed);
  const rows = await compare(engines, debian);
  const memory = await monitorMemory(bed);
  print(rows, engines);
  if (memory) console.log(`idle monitor: ${memory.privateKib} KiB of its own, ${memory.sharedKib} KiB shared`);
  const versions = Object.fromEntries(engines.map(({ name, version }) => [name, version]));
  mkdirSync(join(root, 'dist'), { recursive: true });
  const machine = { processors: availableParallelism(), kernel: release() };
  writeFileSync(join(root, 'dist/bench.json'), `${JSON.stringify({ machine, versions, rounds, rows, monitor: memory }, null, 2)}\n`);
} finally {
  registry.close();
  rmSync(registryFolder, { recursive: true });
  await bed.close();
}
