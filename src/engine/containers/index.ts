import type { Containers } from '../types.ts';
import type { ContainerDeps } from './deps.ts';

export type { ContainerDeps, ContainerImage, ContainerImages } from './deps.ts';

/** The container verbs, each loaded when it is first asked for: a command has use for one or two of them. */
export function openContainers(deps: ContainerDeps): Containers {
  return {
    create: async (options, progress) => (await import('./create.ts')).createContainer(deps, options, progress),
    start: async ref => (await import('./start.ts')).startContainer(deps, ref),
    startAttached: async (ref, attach) => (await import('./start.ts')).startAttached(deps, ref, attach),
    run: async (options, attach, progress) => (await import('./run.ts')).runContainer(deps, options, attach, progress),
    attach: async (ref, attach) => (await import('./session.ts')).attachContainer(deps, ref, attach),
    exec: async (ref, options) => (await import('./session.ts')).execInContainer(deps, ref, options),
    stop: async (ref, options) => (await import('./stop.ts')).stopContainer(deps, ref, options),
    restart: async (ref, options) => (await import('./stop.ts')).restartContainer(deps, ref, options),
    kill: async (ref, signal) => (await import('./stop.ts')).killContainer(deps, ref, signal),
    pause: async ref => (await import('./pause.ts')).pauseContainer(deps, ref),
    unpause: async ref => (await import('./pause.ts')).unpauseContainer(deps, ref),
    remove: async (ref, options) => (await import('./remove.ts')).removeContainer(deps, ref, options),
    rename: async (ref, name) => (await import('./rename.ts')).renameTo(deps, ref, name),
    wait: async (ref, condition) => (await import('./wait.ts')).waitForContainer(deps, ref, condition),
    list: async (options, onDamage = () => {}) => (await import('./list.ts')).listContainers(deps, options, onDamage),
    inspect: async (ref, options) => (await import('./inspect.ts')).inspectContainer(deps, ref, options),
    logs: (ref, options) => later(async () => (await import('./read-logs.ts')).containerLogs(deps, ref, options)),
    top: async (ref, psArgs) => (await import('./top.ts')).topContainer(deps, ref, psArgs),
    stats: (refs, options) => later(async () => (await import('./stats.ts')).containerStats(deps, refs, options)),
    prune: async filters => (await import('./prune.ts')).pruneContainers(deps, filters),
  };
}

async function* later<T>(open: () => Promise<AsyncIterable<T>>): AsyncGenerator<T> {
  yield* await open();
}
