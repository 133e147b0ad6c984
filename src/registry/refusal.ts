import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { familiarName, familiarReference, type Reference } from '../core/reference.ts';
import { ExchangeFailure } from './failure.ts';
import { parseRetryAfter } from './retry.ts';

const ErrorBody = v.object({
  errors: v.pipe(v.array(v.object({ code: v.string(), message: v.optional(v.string()) })), v.minLength(1)),
});

export interface RegistryError {
  /** `MANIFEST_UNKNOWN` */
  readonly code: string;
  /** `manifest unknown: manifest unknown`, printable. */
  readonly text: string;
}

const maxTextLength = 300;

/** The first error of a distribution-spec error body; undefined when it is something else. */
export function parseErrorBody(body: Buffer): RegistryError | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(ErrorBody, json);
  const first = parsed.success ? parsed.output.errors[0] : undefined;
  if (first === undefined) return undefined;
  const words = first.code.toLowerCase().replaceAll('_', ' ');
  return {
    code: first.code,
    text: printable(first.message ? `${words}: ${first.message}` : words),
  };
}

/** 5xx, 429 and 408 are worth another try. @throws ExchangeFailure */
export function throwIfOverloaded(response: IncomingMessage): void {
  const status = response.statusCode ?? 0;
  if (status < 500 && status !== 429 && status !== 408) return;
  response.destroy();
  throw new ExchangeFailure(status === 429 ? 'toomanyrequests: it asks to come back later' : `it answered ${statusLine(response)}`, {
    retryAfterMs: parseRetryAfter(response.headers['retry-after'], Date.now()),
  });
}

/** The error for a refused manifest request, in docker's words where scripts look for them. */
export function manifestRefusal(response: IncomingMessage, body: Buffer, reference: Reference): UserError {
  const error = parseErrorBody(body);
  if (isDenied(response, error)) return denied(reference, error);
  if (error?.code === 'NAME_UNKNOWN')
    return new UserError('not-found', 'REPOSITORY_NOT_FOUND', `repository ${familiarName(reference)} not found: ${error.text}`);
  if (response.statusCode === 404)
    return new UserError(
      'not-found',
      'MANIFEST_NOT_FOUND',
      `manifest for ${familiarReference(reference)} not found: ${error?.text ?? 'manifest unknown'}`,
    );
  return unexpected(response, error, reference);
}

/** The error for a refused blob request. */
export function blobRefusal(response: IncomingMessage, body: Buffer, reference: Reference, digest: string): UserError {
  const error = parseErrorBody(body);
  if (isDenied(response, error)) return denied(reference, error);
  if (response.statusCode === 404)
    return new UserError(
      'not-found',
      'BLOB_NOT_FOUND',
      `registry ${reference.domain} does not have ${digest}, which ${familiarReference(reference)} needs: ${error?.text ?? 'blob unknown'}`,
    );
  return unexpected(response, error, reference);
}

function isDenied(response: IncomingMessage, error: RegistryError | undefined): boolean {
  return response.statusCode === 401 || response.statusCode === 403 || error?.code === 'DENIED' || error?.code === 'UNAUTHORIZED';
}

function denied(reference: Reference, error: RegistryError | undefined): UserError {
  return new UserError(
    'external',
    'PULL_ACCESS_DENIED',
    `pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': ${error?.text ?? 'denied: requested access to the resource is denied'}`,
    { hint: `docker login ${reference.domain}` },
  );
}

function unexpected(response: IncomingMessage, error: RegistryError | undefined, reference: Reference): UserError {
  return new UserError(
    'external',
    'REGISTRY_REFUSED',
    `cannot pull ${familiarReference(reference)}: registry ${reference.domain} answered ${statusLine(response)}${error ? `: ${error.text}` : ''}`,
  );
}

function statusLine(response: IncomingMessage): string {
  return printable(`${response.statusCode} ${response.statusMessage ?? ''}`.trim());
}

/** A registry's words may hold terminal control sequences, or a book. */
function printable(text: string): string {
  const clean = text.slice(0, maxTextLength).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return text.length > maxTextLength ? `${clean}…` : clean;
}
