import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import type { Credentials } from './credentials.ts';
import { maxMessageBytes } from './options.ts';

const HelperAnswer = v.object({ Username: v.string(), Secret: v.string() });

/** What helpers print, with status 1, when they know nothing of the server (docker-credential-helpers' own words). */
const notFound = 'credentials not found in native keychain';
/** A helper may ask its user to unlock a key ring. */
const helperTimeoutMs = 60_000;

/**
 * Asks `docker-credential-<name>` for the credentials of `serverUrl`; undefined when it has none.
 * @throws UserError `CREDENTIAL_HELPER`; what the helper printed is not repeated, it may hold the secret.
 */
export async function runCredentialHelper(
  name: string,
  serverUrl: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  // The name is part of a program's name, looked up on PATH; with a slash it would be a path.
  if (!/^[\w.-]+$/.test(name)) throw failed(JSON.stringify(program), 'is not a valid name');
  const { execa } = await import('execa');
  const result = await execa(program, ['get'], {
    input: serverUrl,
    env: { ...env },
    extendEnv: false,
    reject: false,
    timeout: helperTimeoutMs,
    maxBuffer: maxMessageBytes,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (result.code === 'ENOENT') throw failed(program, 'is not on PATH');
  if (result.timedOut) throw failed(program, 'did not answer in time');
  if (result.isMaxBuffer) throw failed(program, 'answered too much');
  if (result.failed) {
    if (result.stdout.trim() === notFound) return undefined;
    throw failed(program, `failed with exit code ${result.exitCode ?? 'none'}`);
  }
  return parseAnswer(program, result.stdout);
}

function parseAnswer(program: string, text: string): Credentials {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The text may hold the secret, and so may the parser's message.
  }
  const answer = v.safeParse(HelperAnswer, json);
  if (!answer.success) throw failed(program, 'did not answer in JSON');
  const { Username, Secret } = answer.output;
  return Username === '<token>' ? { kind: 'identity-token', token: Secret } : { kind: 'password', username: Username, password: Secret };
}

function failed(program: string, what: string): UserError {
  return new UserError('external', 'CREDENTIAL_HELPER', `credential helper ${program} ${what}`, {
    hint: 'see credsStore and credHelpers in ~/.docker/config.json',
  });
}
