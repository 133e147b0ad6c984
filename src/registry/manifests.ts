import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Digest } from '../core/digest.ts';
import { UserError } from '../core/errors.ts';
import { Index, Manifest, mediaTypes } from '../core/oci-image.ts';
import { familiarReference } from '../core/reference.ts';
import { readBounded } from './body.ts';
import { maxManifestBytes } from './options.ts';
import { manifestRefusal } from './refusal.ts';
import type { Repository } from './repository.ts';
import { withRetries } from './retry.ts';

/** A document as it was sent, its digest checked. */
export interface FetchedDocument {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly mediaType: string;
}

export type FetchedManifest = FetchedDocument &
  ({ readonly kind: 'manifest'; readonly manifest: Manifest } | { readonly kind: 'index'; readonly index: Index });

const indexTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerIndex];
const manifestTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];
const accept = [...indexTypes, ...manifestTypes].join(', ');

/**
 * Gets the manifest or index that a tag or digest names; a digest, the registry's own too, must be that of the bytes.
 * @throws UserError `MANIFEST_NOT_FOUND`, `PULL_ACCESS_DENIED`, `DIGEST_MISMATCH`, `INVALID_MANIFEST`, `UNSUPPORTED_MANIFEST`, `REGISTRY_…`
 */
export async function fetchManifest(repository: Repository, tagOrDigest: string, signal: AbortSignal): Promise<FetchedManifest> {
  const { bytes, contentType, claimed } = await repository.explaining(() =>
    withRetries(() => getDocument(repository, tagOrDigest, signal), repository.options.limits, signal),
  );
  const digest = digestOf(bytes);
  for (const wanted of [tagOrDigest, claimed ?? ''])
    if (wanted.startsWith('sha256:') && wanted !== digest) throw mismatch(repository, wanted, digest);
  return { bytes, digest, ...parseManifest(repository, bytes, contentType) };
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function getDocument(repository: Repository, tagOrDigest: string, signal: AbortSignal) {
  const response = await repository.get(`manifests/${tagOrDigest}`, { Accept: accept }, signal);
  if (response.statusCode !== 200) {
    const refusal = await repository.readRefusal(response, signal);
    throw manifestRefusal(response, refusal, repository.reference);
  }
  const bytes = await readBounded(
    response,
    `the manifest of ${familiarReference(repository.reference)}`,
    maxManifestBytes,
    repository.options.limits,
    signal,
  );
  const claimed = response.headers['docker-content-digest'];
  return {
    bytes,
    contentType: (response.headers['content-type'] ?? '').split(';', 1)[0] ?? '',
    claimed: typeof claimed === 'string' ? claimed : undefined,
  };
}

function parseManifest(repository: Repository, bytes: Buffer, contentType: string) {
  const document = parseObject(bytes);
  if (document === undefined) throw invalid(repository, 'it is not a JSON object');
  const { mediaType: own } = document;
  const mediaType = typeof own === 'string' ? own : contentType.trim();
  if (document.schemaVersion === 1) throw unsupported(repository, 'the old manifest schema 1');
  // A document that can be read as either was used to show one content to a scanner and another here (CVE-2021-41190).
  if ('manifests' in document && ('layers' in document || 'config' in document))
    throw invalid(repository, 'it is both a manifest and an index');
  if (indexTypes.includes(mediaType)) {
    const parsed = v.safeParse(Index, document);
    if (parsed.success) return { kind: 'index', index: parsed.output, mediaType } as const;
    throw invalid(repository, 'it is not a valid index');
  }
  if (manifestTypes.includes(mediaType)) {
    const parsed = v.safeParse(Manifest, document);
    if (parsed.success) return { kind: 'manifest', manifest: parsed.output, mediaType } as const;
    throw invalid(repository, 'it is not a valid image manifest');
  }
  throw unsupported(repository, 'a manifest of an unknown media type');
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(bytes.toString());
    // valibot's record takes a list for an object.
    const parsed = v.safeParse(v.record(v.string(), v.unknown()), Array.isArray(json) ? undefined : json);
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function mismatch(repository: Repository, wanted: string, actual: Digest): UserError {
  return new UserError(
    'external',
    'DIGEST_MISMATCH',
    `registry ${repository.reference.domain} sent a wrong manifest for ${familiarReference(repository.reference)}: its digest is ${actual}, not ${wanted.slice(0, 80)}`,
  );
}

function invalid(repository: Repository, why: string): UserError {
  const { domain } = repository.reference;
  return new UserError(
    'external',
    'INVALID_MANIFEST',
    `registry ${domain} sent a broken manifest for ${familiarReference(repository.reference)}: ${why}`,
  );
}

function unsupported(repository: Repository, what: string): UserError {
  return new UserError('unsupported', 'UNSUPPORTED_MANIFEST', `cannot pull ${familiarReference(repository.reference)}: it has ${what}`);
}
