import { UserError } from '../../core/errors.ts';
import { containerByName, containerIds } from '../../store/index.ts';
import type { ContainerDeps } from './deps.ts';
import { type Container, refreshContainer } from './refresh.ts';
import { noSuchContainer, resolveContainer } from './resolve.ts';

/** The id that a reference means, without a look at the container. @throws UserError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS` */
export function findId(deps: ContainerDeps, ref: string): string {
  const { paths } = deps;
  return resolveContainer({ ids: () => containerIds(paths), byName: name => containerByName(paths, name) }, ref);
}

/** @throws UserError `CONTAINER_NOT_FOUND`, also for one that is removed meanwhile */
export async function findContainer(deps: ContainerDeps, ref: string): Promise<Container> {
  const id = findId(deps, ref);
  try {
    const found = await refreshContainer(deps, id);
    if (found) return found;
  } catch (error) {
    if (isDamaged(error)) throw withRemedy(error, id);
    if (!(error instanceof UserError && error.code === 'RECORD_MISSING')) throw error;
  }
  throw noSuchContainer(ref);
}

/** What is on disk of it can't be read, or not by this version. */
export function isDamaged(error: unknown): error is UserError {
  return error instanceof UserError && ['RECORD_DAMAGED', 'RECORD_NEWER', 'RECORD_UNREADABLE'].includes(error.code);
}

/** All containers that can be read, and what is wrong with the others. */
export async function allContainers(deps: ContainerDeps): Promise<{ containers: Container[]; damaged: UserError[] }> {
  const containers: Container[] = [];
  const damaged: UserError[] = [];
  for (const id of containerIds(deps.paths)) {
    try {
      const found = await refreshContainer(deps, id);
      if (found) containers.push(found);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.code !== 'RECORD_MISSING') damaged.push(withRemedy(error, id));
    }
  }
  return { containers, damaged };
}

function withRemedy({ kind, code, message, hint, cause }: UserError, id: string): UserError {
  return new UserError(kind, code, message, { hint: hint ?? `tsdocker rm -f ${id.slice(0, 12)}`, cause });
}
