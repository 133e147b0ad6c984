import { defaultLimits, type Limits, type RegistryOptions } from '../../src/registry/index.ts';

/** Bounds so small that a hostile registry is given up in a moment. */
export const quickLimits: Limits = {
  ...defaultLimits,
  connectMs: 2000,
  stallMs: 150,
  documentMs: 2000,
  attempts: 3,
  backoffMs: 1,
  maxBackoffMs: 20,
};

export function registryOptions(overrides: Partial<RegistryOptions> = {}): RegistryOptions {
  return {
    credentials: async () => undefined,
    insecureRegistries: [],
    limits: quickLimits,
    userAgent: 'tsdocker/test',
    ...overrides,
  };
}
