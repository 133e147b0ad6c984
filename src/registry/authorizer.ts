import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { readBounded } from './body.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { endpointsOf } from './endpoint.ts';
import { maxMessageBytes, type RegistryOptions } from './options.ts';
import { sendFollowing } from './redirects.ts';
import { parseErrorBody, throwIfOverloaded } from './refusal.ts';
import { withRetries } from './retry.ts';
import type { Transport } from './transport.ts';

const TokenAnswer = v.object({
  token: v.optional(v.string()),
  access_token: v.optional(v.string()),
});
const clientId = 'tsdocker';

/** Finds the `Authorization` header for pulling one repository, by what the registry's 401 asks for. */
export class Authorizer {
  readonly #transport: Transport;
  readonly #options: RegistryOptions;
  readonly #domain: string;
  readonly #scope: string;
  #current: string | undefined;
  #pending: Promise<string | undefined> | undefined;

  constructor(transport: Transport, options: RegistryOptions, domain: string, path: string) {
    this.#transport = transport;
    this.#options = options;
    this.#domain = domain;
    this.#scope = `repository:${path}:pull`;
  }

  /** The header to send now; undefined for none. */
  get current(): string | undefined {
    return this.#current;
  }

  /**
   * Answers a 401 to a request that carried `used`. Undefined when there is nothing better to send.
   * Requests refused at the same time share one token.
   */
  async answer(header: string | undefined, used: string | undefined, base: URL, signal: AbortSignal): Promise<string | undefined> {
    if (this.#current !== used) return this.#current;
    this.#pending ??= this.#obtain(header ?? '', base, signal).finally(() => {
      this.#pending = undefined;
    });
    const fresh = await this.#pending;
    this.#current = fresh ?? this.#current;
    return fresh === used ? undefined : fresh;
  }

  async #obtain(header: string, base: URL, signal: AbortSignal): Promise<string | undefined> {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    if (bearer === undefined && !basic) return undefined;
    const credentials = await this.#options.credentials(this.#domain, signal);
    if (credentials?.kind === 'registry-token') return `Bearer ${usable(credentials.token, this.#domain)}`;
    if (bearer === undefined) return credentials?.kind === 'password' ? basicHeader(credentials.username, credentials.password) : undefined;
    return this.#bearerHeader(bearer, credentials, base, signal);
  }

  async #bearerHeader(challenge: Challenge, credentials: Credentials | undefined, base: URL, signal: AbortSignal): Promise<string> {
    const realm = this.#realmOf(challenge, base);
    const service = challenge.parameters.get('service');
    const { limits } = this.#options;
    const body = await withRetries(() => this.#requestToken(realm, service, credentials, signal), limits, signal);
    return `Bearer ${tokenOf(body, this.#domain)}`;
  }

  async #requestToken(realm: URL, service: string | undefined, credentials: Credentials | undefined, signal: AbortSignal): Promise<Buffer> {
    const { response } = await (credentials?.kind === 'identity-token'
      ? this.#exchangeIdentityToken(realm, service, credentials.token, signal)
      : this.#getToken(realm, service, credentials, signal));
    const body = await readBounded(response, `the token for registry ${this.#domain}`, maxMessageBytes, this.#options.limits, signal);
    throwIfOverloaded(response);
    if (response.statusCode === 200) return body;
    throw refusedBy(this.#domain, credentials, body, response.statusCode);
  }

  #getToken(realm: URL, service: string | undefined, credentials: Credentials | undefined, signal: AbortSignal) {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', this.#scope);
    const authorization = credentials?.kind === 'password' ? basicHeader(credentials.username, credentials.password) : undefined;
    const request = { url, headers: {}, verifyTls: this.#verifies(realm) };
    return sendFollowing(this.#transport, request, authorization, signal);
  }

  /** OAuth2 refresh, as docker's token servers take it. A POST is not led elsewhere: the token is in its body. */
  async #exchangeIdentityToken(url: URL, service: string | undefined, token: string, signal: AbortSignal) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      service: service ?? '',
      scope: this.#scope,
      client_id: clientId,
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const response = await this.#transport.send({ url, headers, form: form.toString(), verifyTls: this.#verifies(url) }, signal);
    return { response };
  }

  #verifies(realm: URL): boolean {
    const [first] = endpointsOf(realm.host, this.#options.insecureRegistries);
    return first?.verifyTls ?? true;
  }

  /** Credentials go to the realm: it must be as safe as the registry, and plain http only where a registry may have it. */
  #realmOf(challenge: Challenge, base: URL): URL {
    const realm = URL.parse(challenge.parameters.get('realm') ?? '');
    const allowed =
      realm?.protocol === 'https:' ||
      (realm?.protocol === 'http:' && base.protocol === 'http:' && endpointsOf(realm.host, this.#options.insecureRegistries).length > 1);
    if (realm !== null && allowed) return realm;
    throw new UserError(
      'external',
      'REGISTRY_AUTH_REALM',
      `registry ${this.#domain} asks for a login at ${realm === null ? 'no valid address' : `${realm.protocol}//${realm.host}, which is not safe`}`,
    );
  }
}

function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenOf(body: Buffer, domain: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    // The parser's message would quote the token.
  }
  const answer = v.safeParse(TokenAnswer, json);
  return usable((answer.success && (answer.output.token || answer.output.access_token)) || '', domain);
}

/** A token that may stand in a header. */
function usable(token: string, domain: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError('external', 'REGISTRY_TOKEN_INVALID', `the token server of registry ${domain} did not answer with a valid token`);
}

function refusedBy(domain: string, credentials: Credentials | undefined, body: Buffer, status: number | undefined): UserError {
  // Some servers repeat what they were sent; with credentials in play their words are not passed on.
  const detail =
    credentials === undefined ? (parseErrorBody(body)?.text ?? `status ${status}`) : 'unauthorized: incorrect username or password';
  return new UserError('external', 'REGISTRY_UNAUTHORIZED', `registry ${domain} gave no token: ${detail}`, {
    hint: `docker login ${domain}`,
  });
}
