import { type Digest, isDigest } from './digest.ts';
import { UserError } from './errors.ts';

/** A parsed image reference, its domain and `library/` filled in: `docker.io`, `library/busybox`, `latest`. */
export interface Reference {
  /** Host and optional port, as it was typed. */
  readonly domain: string;
  /** Repository within the registry. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = 'docker.io';
const legacyDefaultDomain = 'index.docker.io';
const officialPrefix = 'library/';
const defaultTag = 'latest';
const maxPathLength = 255;

// The grammar of docker's reference package, each piece under its name there.
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const host = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])`;
const domain = `${host}(?::[0-9]+)?`;
const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const remoteName = `${pathComponent}(?:/${pathComponent})*`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const referencePattern = new RegExp(`^(${domain})/(${remoteName})(?::(${tag}))?(?:@(${digest}))?$`);
const identifierPattern = /^[a-f0-9]{64}$/;
/** No valid reference is longer; what is, never reaches the patterns. */
const maxReferenceLength = 2048;

/**
 * Reads `name[:tag][@digest]` by docker's grammar and fills in `docker.io` and `library/`; no tag is made up.
 * A short name always means Docker Hub: there is no search through other registries and no question asked.
 * @throws UserError `INVALID_REFERENCE` in docker's words
 */
export function parseNamed(text: string): Reference {
  if (identifierPattern.test(text)) throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  if (text.length > maxReferenceLength) throw invalid('invalid reference format');
  const [domainPart, remainder] = splitDomain(text);
  const remote = remainder.split(':', 1)[0] ?? '';
  if (remote.toLowerCase() !== remote) throw invalid(`invalid reference format: repository name (${printable(remote)}) must be lowercase`);
  return match(`${domainPart}/${remainder}`);
}

/**
 * Like {@link parseNamed}, with `:latest` where neither tag nor digest was given.
 * With both, the digest decides what is pulled, as in docker.
 */
export function parseReference(text: string): Reference {
  return withDefaultTag(parseNamed(text));
}

export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: defaultTag } : reference;
}

/** `docker.io/library/busybox` */
export function fullName(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** `busybox`: the name as docker shows it, without what it fills in itself. */
export function familiarName(reference: Reference): string {
  if (reference.domain !== defaultDomain) return fullName(reference);
  const official = reference.path.startsWith(officialPrefix) ? reference.path.slice(officialPrefix.length) : '';
  return official !== '' && !official.includes('/') ? official : reference.path;
}

/** `docker.io/library/busybox:latest`, with digest where there is one. */
export function fullReference(reference: Reference): string {
  return fullName(reference) + suffix(reference);
}

/** `busybox:latest`, with digest where there is one. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

function suffix({ tag, digest }: Reference): string {
  return (tag ? `:${tag}` : '') + (digest ? `@${digest}` : '');
}

function splitDomain(name: string): [domain: string, remainder: string] {
  const slash = name.indexOf('/');
  if (slash < 0) return [defaultDomain, officialPrefix + name];
  const first = name.slice(0, slash);
  const rest = name.slice(slash + 1);
  const [domain, remainder] = isDomain(first) ? [first === legacyDefaultDomain ? defaultDomain : first, rest] : [defaultDomain, name];
  return domain === defaultDomain && !remainder.includes('/') ? [domain, officialPrefix + remainder] : [domain, remainder];
}

/** Docker's rule for telling `host/name` from `namespace/name`; upper case can only be a host. */
function isDomain(first: string): boolean {
  return first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first;
}

function match(text: string): Reference {
  const [, domain, path, tag, digest] = referencePattern.exec(text) ?? [];
  if (domain === undefined || path === undefined) throw invalid('invalid reference format');
  if (path.length > maxPathLength) throw invalid(`repository name must not be more than ${maxPathLength} characters`);
  return {
    domain,
    path,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest: checkDigest(digest) }),
  };
}

function checkDigest(text: string): Digest {
  if (isDigest(text)) return text;
  if (!text.startsWith('sha256:')) throw invalid('unsupported digest algorithm');
  throw invalid(text.length === 'sha256:'.length + 64 ? 'invalid checksum digest format' : 'invalid checksum digest length');
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_REFERENCE', message);
}
