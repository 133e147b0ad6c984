import { isActive } from '../../core/container.ts';
import { UserError } from '../../core/errors.ts';
import { untilTime } from '../../core/until-filter.ts';
import { leftovers } from '../../store/index.ts';
import { removeTrees } from '../../worker/index.ts';
import type { Filters } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { allContainers } from './find.ts';
import { sizesOf } from './list.ts';
import { compileFilters } from './list-filters.ts';
import type { Container } from './refresh.ts';
import { removeContainer } from './remove.ts';

/** Removes all containers that do not run, and what a removal that was cut off left; answers their ids and the bytes won back. */
export async function pruneContainers(deps: ContainerDeps, filters: Filters): Promise<{ deleted: string[]; reclaimed: number }> {
  const { containers } = await allContainers(deps);
  const isWanted = compilePruneFilters(filters, containers);
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const container of containers.filter(({ state }) => !isActive(state.status)).filter(isWanted)) {
    const { SizeRw } = await sizesOf(deps, container);
    await removeContainer(deps, container.record.id, { force: false });
    deleted.push(container.record.id);
    reclaimed += SizeRw;
  }
  await removeTrees(deps, await leftovers(deps.paths));
  return { deleted, reclaimed };
}

/** `prune` knows `until`, `label` and `label!`. @throws UserError `INVALID_FILTER` */
function compilePruneFilters(filters: Filters, all: readonly Container[]): (container: Container) => boolean {
  const tests = [...filters].flatMap(([key, values]) => values.map(value => pruneTest(key, value, all)));
  return container => tests.every(test => test(container));
}

function pruneTest(key: string, value: string, all: readonly Container[]): (container: Container) => boolean {
  if (key === 'until') {
    const before = untilTime(value, Date.now());
    return ({ record }) => Date.parse(record.created) < before;
  }
  if (key !== 'label' && key !== 'label!')
    throw new UserError('invalid', 'INVALID_FILTER', `invalid filter '${key}'`, { hint: 'one of: until, label, label!' });
  const { matches } = compileFilters(new Map([['label', [value]]]), all);
  return key === 'label' ? matches : container => !matches(container);
}
