import { UserError } from './errors.ts';

/** `sha256:<64 hex>`; checked by {@link parseDigest} before it is ever used as part of a path. */
export type Digest = `sha256:${string}`;

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** @throws UserError `INVALID_DIGEST` */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new UserError('invalid', 'INVALID_DIGEST', `invalid digest ${JSON.stringify(text)}: expected sha256: and 64 hex digits`);
}

/** The hex part, safe as a file name. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The first 12 hex digits, as docker's tables show ids. */
export function shortId(idOrDigest: string): string {
  return idOrDigest.replace(/^sha256:/, '').slice(0, 12);
}
