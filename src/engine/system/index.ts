import type { EngineSettings } from '../configuration.ts';
import type { System } from '../types.ts';

export interface SystemDeps {
  readonly settings: EngineSettings;
  driver(): Promise<string>;
}

export function openSystem({ settings, driver }: SystemDeps): System {
  return {
    info: async () => {
      const [{ systemInfo }, { findRuntimes }, { readImages }, { runtimeWarnings }] = await Promise.all([
        import('./info.ts'),
        import('./runtimes.ts'),
        import('../../store/index.ts'),
        import('../../oci/index.ts'),
      ]);
      const runtimes = await findRuntimes(settings.runtime, settings.env);
      return await systemInfo({
        settings,
        runtimes,
        countImages: async () => readImages(settings.paths).length,
        storageDriver: async () => ({ name: await driver(), status: [] }),
        warnings: runtimes.flatMap(({ name, version }) => (name === 'runc' || name === 'crun' ? runtimeWarnings(name, version) : [])),
      });
    },
    version: async () => {
      const [{ serverVersion }, { findRuntimes }] = await Promise.all([import('./version.ts'), import('./runtimes.ts')]);
      return serverVersion((await findRuntimes(settings.runtime, settings.env))[0]);
    },
  };
}
