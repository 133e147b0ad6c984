import { shortId } from '../../core/digest.ts';
import type { UserError } from '../../core/errors.ts';
import { containerPaths } from '../../core/paths.ts';
import { treeSize } from '../../worker/index.ts';
import type { ContainerSummary, ListOptions } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { allContainers } from './find.ts';
import { commandText, networkName } from './inspect-json.ts';
import { compileFilters } from './list-filters.ts';
import type { Container } from './refresh.ts';
import { statusText } from './status-text.ts';

/** Newest first. What can't be read hides nothing else: `onDamage` is told of it. */
export async function listContainers(
  deps: ContainerDeps,
  options: ListOptions,
  onDamage: (damage: UserError) => void,
): Promise<readonly ContainerSummary[]> {
  const { containers, damaged } = await allContainers(deps);
  for (const damage of damaged) onDamage(damage);
  const filters = compileFilters(options.filters, containers);
  const showsAll = options.all || options.limit > 0 || filters.wantsAll;
  const sorted = containers
    .filter(({ state }) => showsAll || state.status === 'running' || state.status === 'paused' || state.status === 'restarting')
    .filter(filters.matches)
    .sort((a, b) => (a.record.created < b.record.created ? 1 : -1));
  const shown = options.limit > 0 ? sorted.slice(0, options.limit) : sorted;
  const summaries: ContainerSummary[] = [];
  for (const container of shown) {
    const summary = summaryOf(deps, container);
    summaries.push(options.size ? { ...summary, ...(await sizesOf(deps, container)) } : summary);
  }
  return summaries;
}

function summaryOf(deps: ContainerDeps, { record, state }: Container): ContainerSummary {
  const mode = record.hostConfig.NetworkMode;
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: deps.images.idOf(record.config.Image) === record.imageId ? record.config.Image : shortId(record.imageId),
    ImageID: record.imageId,
    Command: commandText(record),
    Created: Math.floor(Date.parse(record.created) / 1000),
    Ports: [],
    Labels: record.config.Labels,
    State: state.status,
    Status: statusText(state, new Date()),
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks: mode.startsWith('container:') ? {} : { [networkName(mode)]: {} } },
    Mounts: [],
  };
}

export async function sizesOf(deps: ContainerDeps, { record }: Container): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const { storage } = containerPaths(deps.paths, record.id);
  const rw = await treeSize(deps, `${storage}/${record.driver === 'vfs' ? 'root' : 'upper'}`);
  return { SizeRw: rw, SizeRootFs: rw + deps.images.layersSize(record.layers) };
}
