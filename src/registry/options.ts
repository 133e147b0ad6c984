import type { CredentialSource } from './credentials.ts';

/** Bounds of every exchange with a registry; all times in milliseconds. Tests make them small. */
export interface Limits {
  /** Until the connection (and TLS) stands. */
  readonly connectMs: number;
  /** Longest wait for headers, or for `stallBytes` more of a body. Time in which we do not read does not count. */
  readonly stallMs: number;
  /** A line that brings less than this in `stallMs` counts as dead: one byte a second is not progress. */
  readonly stallBytes: number;
  /** For the whole of a small document: manifest, config, token, error. */
  readonly documentMs: number;
  /** Tries of one request, the first included; a blob's count starts anew after `resumeCreditBytes` have arrived. */
  readonly attempts: number;
  readonly resumeCreditBytes: number;
  /** First pause between tries; it doubles with each. */
  readonly backoffMs: number;
  /** Longest pause, also where `Retry-After` asks for more. */
  readonly maxBackoffMs: number;
}

export const defaultLimits: Limits = {
  connectMs: 15_000,
  stallMs: 30_000,
  stallBytes: 1024,
  documentMs: 60_000,
  attempts: 4,
  resumeCreditBytes: 1024 * 1024,
  backoffMs: 500,
  maxBackoffMs: 20_000,
};

export const maxManifestBytes = 4 * 1024 * 1024;
/** Tokens, error bodies and what credential helpers print. */
export const maxMessageBytes = 1024 * 1024;
export const maxRedirects = 10;

export interface RegistryOptions {
  /** Where user names and passwords come from; asked only when a registry wants them. */
  readonly credentials: CredentialSource;
  /** `host[:port]` that may speak plain HTTP or show any certificate. Loopback always may, as in docker. */
  readonly insecureRegistries: readonly string[];
  readonly limits: Limits;
  readonly userAgent: string;
}
