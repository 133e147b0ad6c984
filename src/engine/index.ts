import type { ContainerRecord } from '../core/container.ts';
import { UserError } from '../core/errors.ts';
import { monitorEnvironment } from '../monitor/index.ts';
import { hostCgroups, idMaps } from '../rootless/index.ts';
import { chooseDriver, openRoot } from '../store/index.ts';
import type { EngineSettings } from './configuration.ts';
import { containerImages } from './container-images.ts';
import { imageUse } from './containers/image-use.ts';
import { type ContainerDeps, openContainers } from './containers/index.ts';
import { type ImagesDeps, openImages } from './images/index.ts';
import { openLayerStore } from './images/layer-store.ts';
import { registryOptions } from './registry-options.ts';
import { openSystem } from './system/index.ts';
import type { Engine } from './types.ts';

export type * from './types.ts';

/** The engine on this machine, for the user who runs it. Opening it reads next to nothing: each verb loads what it needs. */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  const { paths, env } = settings;
  openRoot(paths);
  const maps = once(currentMaps);
  const driver = once(async (): Promise<ContainerRecord['driver']> => {
    return settings.storageDriver ?? (await chooseDriver({ paths, maps: maps(), env: monitorEnvironment(env) }));
  });
  const layers = openLayerStore({ paths, maps, env: monitorEnvironment(env) });
  const imagesDeps: ImagesDeps = {
    paths,
    layers,
    registry: () => registryOptions(settings),
    arch: process.arch,
    containers: () => imageUse(paths),
  };
  const images = openImages(imagesDeps);
  const containers: ContainerDeps = {
    paths,
    settings,
    env,
    maps,
    driver,
    cgroups: once(() => hostCgroups()),
    images: containerImages(imagesDeps, images),
  };
  return { containers: openContainers(containers), images, system: openSystem({ settings, driver }) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** @throws UserError `NOT_AS_ROOT`: root's containers would be rootful ones, which this program does not make */
function currentMaps() {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) {
    throw new UserError('unsupported', 'NOT_AS_ROOT', 'tsdocker runs containers for ordinary users, and you are root', {
      hint: 'run it as yourself: su - YOUR-USER, or from root: setpriv --reuid USER --regid USER --init-groups tsdocker …',
      exitCode: 125,
    });
  }
  return idMaps(uid, process.getgid?.() ?? 0);
}
