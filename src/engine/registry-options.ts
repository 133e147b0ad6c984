import { buildInfo } from '../core/build-info.ts';
import type { RegistryOptions } from '../registry/index.ts';
import type { EngineSettings } from './configuration.ts';

export async function registryOptions(settings: EngineSettings): Promise<RegistryOptions> {
  const { defaultLimits, dockerCredentials } = await import('../registry/index.ts');
  return {
    credentials: dockerCredentials(settings.dockerConfig, settings.env),
    insecureRegistries: settings.insecureRegistries,
    limits: defaultLimits,
    userAgent: `tsdocker/${buildInfo.version}`,
  };
}
