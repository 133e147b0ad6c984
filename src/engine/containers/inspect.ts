import { networkDriver } from '../../netns/index.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { inspectJson } from './inspect-json.ts';
import { sizesOf } from './list.ts';
import type { Container } from './refresh.ts';

export async function inspectContainer(deps: ContainerDeps, ref: string, options: { size: boolean }): Promise<object> {
  const container = await findContainer(deps, ref);
  const sizes = options.size ? await sizesOf(deps, container) : undefined;
  return inspectJson(deps.paths, {
    ...container,
    addresses: addressesOf(container),
    execIds: null,
    ...(sizes ? { sizes: { rw: sizes.SizeRw, rootFs: sizes.SizeRootFs } } : {}),
  });
}

/** Only a running container has an address. */
function addressesOf({ record, state }: Container) {
  if (state.status !== 'running' && state.status !== 'paused') return null;
  return networkDriver(record.hostConfig.NetworkMode)?.addresses ?? null;
}
