import { messageOf } from '../core/errors.ts';

/** An exchange with a registry that failed below HTTP's meaning: a lost line, a 5xx, a 429. Never leaves this folder. */
export class ExchangeFailure extends Error {
  /** What the server asked for, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Trying again at once cannot help: nobody listens, no such host, a bad certificate. */
  readonly lasting: boolean;

  constructor(
    message: string,
    details: {
      retryAfterMs?: number | undefined;
      lasting?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.retryAfterMs = details.retryAfterMs;
    this.lasting = details.lasting ?? false;
  }
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS',
};

/** What OpenSSL says of a plain HTTP server; all else is "EPROTO" as well. Docker's words for it. */
const plainHttp = /wrong version number|packet length too long|http request/;

/** Codes that a second try cannot change. */
const lasting = /CERT|SIGNATURE|SELF_SIGNED|EPROTO|ENOTFOUND|ECONNREFUSED|HPE_/;

/** What a system or TLS error means, in words. */
function describeNetworkError(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EPROTO' && plainHttp.test(messageOf(error))) return 'server gave HTTP response to HTTPS client';
  if (code?.startsWith('HPE_')) return 'it does not speak HTTP';
  return plainWords[code ?? ''] ?? (code === undefined ? 'the connection failed' : `the connection failed (${code})`);
}

export function networkFailure(error: unknown): ExchangeFailure {
  return new ExchangeFailure(describeNetworkError(error), {
    lasting: lasting.test(codeOf(error) ?? ''),
    cause: error,
  });
}

/** The code, also of happy-eyeballs' collection of one error per address. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}
