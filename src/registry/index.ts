export { type BlobProgress, fetchSmallBlob, openBlob } from './blob.ts';
export {
  type CredentialSource,
  type Credentials,
  dockerConfigDir,
  dockerCredentials,
} from './credentials.ts';
export {
  digestOf,
  type FetchedDocument,
  type FetchedManifest,
  fetchManifest,
} from './manifests.ts';
export {
  defaultLimits,
  type Limits,
  type RegistryOptions,
} from './options.ts';
export {
  formatPlatform,
  hostPlatform,
  parsePlatform,
  satisfies,
  selectManifest,
} from './platform.ts';
export { Repository } from './repository.ts';
