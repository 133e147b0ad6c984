import { UserError } from '../../core/errors.ts';

/** Shortest start of an id that is looked for among ids: docker takes any length. */
const idStart = /^[0-9a-f]{1,64}$/;

export interface ContainerIndex {
  /** Ids of all containers. */
  ids(): readonly string[];
  /** The id of the container with exactly that name. */
  byName(name: string): string | undefined;
}

/**
 * The container that `ref` means, in docker's order: a whole id, a name, the start of one id only.
 * @throws UserError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`
 */
export function resolveContainer(index: ContainerIndex, ref: string): string {
  const ids = index.ids();
  if (ids.includes(ref)) return ref;
  const named = index.byName(ref.startsWith('/') ? ref.slice(1) : ref);
  if (named !== undefined) return named;
  const [found, ...others] = idStart.test(ref) ? ids.filter(id => id.startsWith(ref)) : [];
  if (found === undefined) throw noSuchContainer(ref);
  if (others.length === 0) return found;
  throw new UserError('invalid', 'CONTAINER_AMBIGUOUS', `multiple IDs found with provided prefix: ${ref}`, {
    hint: 'type more of the id: tsdocker ps -a --no-trunc',
  });
}

export function noSuchContainer(ref: string): UserError {
  return new UserError('not-found', 'CONTAINER_NOT_FOUND', `No such container: ${JSON.stringify(ref).slice(1, -1)}`, {
    hint: 'tsdocker ps -a',
  });
}
