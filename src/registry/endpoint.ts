import { UserError } from '../core/errors.ts';

/** One way to reach a registry. */
export interface Endpoint {
  readonly base: URL;
  /** Whether its certificate has to be good. */
  readonly verifyTls: boolean;
}

/** Docker Hub's registry answers under another name than its images carry. */
const hubHost = 'registry-1.docker.io';

/** `localhost`, 127.0.0.0/8 and ::1, with or without a port. */
export function isLoopback(domain: string): boolean {
  const { hostname } = addressOf('http', domain);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The ways to try for a reference's domain, in order: https, then http where the registry is insecure (docker's rule).
 * @throws UserError `INVALID_REGISTRY`
 */
export function endpointsOf(domain: string, insecureRegistries: readonly string[]): readonly Endpoint[] {
  const host = domain === 'docker.io' ? hubHost : domain;
  const insecure = insecureRegistries.includes(domain) || isLoopback(domain);
  const https = { base: addressOf('https', host), verifyTls: !insecure };
  return insecure ? [https, { base: addressOf('http', host), verifyTls: false }] : [https];
}

/** The grammar of references lets through what no address can be: port 99999, host 1.2.3.4.5. */
function addressOf(scheme: string, domain: string): URL {
  const url = URL.parse(`${scheme}://${domain}`);
  if (url !== null) return url;
  throw new UserError('invalid', 'INVALID_REGISTRY', `invalid registry host ${JSON.stringify(domain)}`);
}
