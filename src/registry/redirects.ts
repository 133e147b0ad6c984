import type { IncomingMessage } from 'node:http';
import { UserError } from '../core/errors.ts';
import { maxRedirects } from './options.ts';
import type { HttpRequest, Transport } from './transport.ts';

export interface FollowedResponse {
  readonly response: IncomingMessage;
  /** Whether the host that was asked answered itself: only then may its 401 see our credentials. */
  readonly sameHost: boolean;
}

/** Larger bodies of redirects are not read to keep a connection. */
const maxDrainedBytes = 16 * 1024;

/**
 * Sends a GET and follows redirects. `authorization` goes to the asked host only, and never comes back once a redirect left it.
 * @throws UserError `REGISTRY_REDIRECT` for too many, a step from https to http, or another scheme
 */
export async function sendFollowing(
  transport: Transport,
  request: HttpRequest,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<FollowedResponse> {
  let url = request.url;
  let sameHost = true;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await transport.send(
      {
        url,
        headers: {
          ...request.headers,
          ...(sameHost && authorization !== undefined && { Authorization: authorization }),
        },
        verifyTls: request.verifyTls || !sameHost,
      },
      signal,
    );
    if (!isRedirect(response.statusCode)) return { response, sameHost };
    discard(response);
    url = nextUrl(url, response.headers.location);
    sameHost &&= url.host === request.url.host;
  }
  throw refuse(request.url, `redirects more than ${maxRedirects} times`);
}

/** Frees the connection without reading an unbounded body. */
export function discard(response: IncomingMessage): void {
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  if (length <= maxDrainedBytes) response.resume();
  else response.destroy();
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function nextUrl(from: URL, location: string | undefined): URL {
  const to = URL.parse(location ?? '', from);
  if (location === undefined || to === null) throw refuse(from, 'redirects to no valid address');
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw refuse(from, `redirects to the scheme ${to.protocol.slice(0, -1)}`);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse(from, `redirects from https to http (${to.host})`);
  to.username = '';
  to.password = '';
  return to;
}

function refuse(from: URL, what: string): UserError {
  return new UserError('external', 'REGISTRY_REDIRECT', `refused to follow registry ${from.host}: it ${what}`);
}
