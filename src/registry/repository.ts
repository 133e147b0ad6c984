import type { IncomingMessage } from 'node:http';
import { UserError } from '../core/errors.ts';
import { familiarReference, type Reference } from '../core/reference.ts';
import { Authorizer } from './authorizer.ts';
import { readBounded } from './body.ts';
import { type Endpoint, endpointsOf } from './endpoint.ts';
import { ExchangeFailure } from './failure.ts';
import { maxMessageBytes, type RegistryOptions } from './options.ts';
import { discard, sendFollowing } from './redirects.ts';
import { throwIfOverloaded } from './refusal.ts';
import { Transport } from './transport.ts';

/** One repository of one registry, with the connections and the login that its requests share. */
export class Repository {
  readonly reference: Reference;
  readonly options: RegistryOptions;
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;
  #endpoint: Promise<Endpoint> | undefined;

  constructor(reference: Reference, options: RegistryOptions) {
    this.reference = reference;
    this.options = options;
    this.#transport = new Transport(options.limits, options.userAgent);
    this.#authorizer = new Authorizer(this.#transport, options, reference.domain, reference.path);
  }

  /**
   * GET below `/v2/<name>/`, one try, redirects and login done. 5xx and 429 are thrown; any other status is for the caller to judge.
   * @throws ExchangeFailure
   */
  async get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    this.#endpoint ??= this.#findEndpoint(signal);
    const { base, verifyTls } = await this.#forgetOnFailure(this.#endpoint);
    const url = new URL(`/v2/${this.reference.path}/${path}`, base);
    const request = { url, headers, verifyTls };
    const used = this.#authorizer.current;
    const first = await sendFollowing(this.#transport, request, used, signal);
    if (first.response.statusCode !== 401 || !first.sameHost) return checked(first.response);
    const better = await this.#authorizer.answer(first.response.headers['www-authenticate'], used, base, signal);
    if (better === undefined) return first.response;
    discard(first.response);
    const second = await sendFollowing(this.#transport, request, better, signal);
    return checked(second.response);
  }

  /** The body of an answer that refuses, for its error text. */
  readRefusal(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
    return readBounded(response, `the error message of registry ${this.reference.domain}`, maxMessageBytes, this.options.limits, signal);
  }

  /** Runs `work`, and puts failures of the line into a sentence for the user. */
  async explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof ExchangeFailure ? this.#explain(error) : error;
    }
  }

  close(): void {
    this.#transport.close();
  }

  #explain(failure: ExchangeFailure): UserError {
    const { domain } = this.reference;
    return new UserError(
      'unavailable',
      'REGISTRY_UNAVAILABLE',
      `cannot pull ${familiarReference(this.reference)} from registry ${domain}: ${failure.message}`,
      { cause: failure },
    );
  }

  async #forgetOnFailure(endpoint: Promise<Endpoint>): Promise<Endpoint> {
    try {
      return await endpoint;
    } catch (error) {
      this.#endpoint = undefined;
      throw error;
    }
  }

  /** With one way to go there is no ping; else the first on which anything answers is taken. */
  async #findEndpoint(signal: AbortSignal): Promise<Endpoint> {
    const { insecureRegistries } = this.options;
    const [secure, plain] = endpointsOf(this.reference.domain, insecureRegistries);
    if (secure === undefined) throw new Error('no endpoint');
    if (plain === undefined) return secure;
    try {
      await this.#ping(secure, signal);
      return secure;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      return plain;
    }
  }

  async #ping({ base, verifyTls }: Endpoint, signal: AbortSignal): Promise<void> {
    const request = { url: new URL('/v2/', base), headers: {}, verifyTls };
    discard(await this.#transport.send(request, signal));
  }
}

function checked(response: IncomingMessage): IncomingMessage {
  throwIfOverloaded(response);
  return response;
}
