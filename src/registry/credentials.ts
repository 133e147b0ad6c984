import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { errnoOf, UserError } from '../core/errors.ts';
import { runCredentialHelper } from './credential-helper.ts';

export type Credentials =
  | {
      readonly kind: 'password';
      readonly username: string;
      readonly password: string;
    }
  /** An OAuth2 refresh token, exchanged at the token server. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** Answers what is known for a reference's domain, or undefined: anonymous. */
export type CredentialSource = (domain: string, signal: AbortSignal) => Promise<Credentials | undefined>;

const AuthEntry = v.object({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
  registrytoken: v.optional(v.string()),
});
const DockerConfig = v.object({
  auths: v.optional(v.record(v.string(), AuthEntry)),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.record(v.string(), v.string())),
});
type DockerConfig = v.InferOutput<typeof DockerConfig>;

/** Docker's key for Docker Hub, a relic of its first API. */
const hubKey = 'https://index.docker.io/v1/';

/** `$DOCKER_CONFIG`, else `~/.docker`: the folder docker's own tools use. */
export function dockerConfigDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return env.DOCKER_CONFIG || join(home, '.docker');
}

/** Reads `config.json` in docker's folder each time it is asked, so that a login elsewhere counts at once. Nothing is written. */
export function dockerCredentials(configDir: string, env: Readonly<Record<string, string | undefined>>): CredentialSource {
  return async (domain, signal) => {
    const config = await readConfig(join(configDir, 'config.json'));
    if (config === undefined) return undefined;
    const key = domain === 'docker.io' ? hubKey : domain;
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    return helper ? runCredentialHelper(helper, key, env, signal) : fromAuths(config, key);
  };
}

/** @throws UserError `DOCKER_CONFIG_INVALID`; its message never quotes the file. */
async function readConfig(path: string): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw new UserError('external', 'DOCKER_CONFIG_UNREADABLE', `cannot read ${path}: ${errnoOf(error)}`, { cause: error });
  }
  const result = v.safeParse(DockerConfig, parseJson(text));
  if (result.success) return result.output;
  throw new UserError('invalid', 'DOCKER_CONFIG_INVALID', `${path} is not a valid docker configuration file`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse's message quotes the text, which holds passwords.
    return undefined;
  }
}

function fromAuths(config: DockerConfig, key: string): Credentials | undefined {
  const wanted = hostOf(key);
  const entries = config.auths ?? {};
  const entry = entries[key] ?? Object.entries(entries).find(([name]) => hostOf(name) === wanted)?.[1];
  if (entry === undefined) return undefined;
  if (entry.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.registrytoken) return { kind: 'registry-token', token: entry.registrytoken };
  return passwordOf(entry);
}

function passwordOf(entry: v.InferOutput<typeof AuthEntry>): Credentials | undefined {
  if (!entry.auth)
    return entry.username
      ? {
          kind: 'password',
          username: entry.username,
          password: entry.password ?? '',
        }
      : undefined;
  const decoded = Buffer.from(entry.auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1) return undefined;
  return {
    kind: 'password',
    username: decoded.slice(0, colon),
    // Docker pads with NUL in some versions and trims it when reading.
    password: decoded.slice(colon + 1).replace(/\0+$/, ''),
  };
}

/** Docker takes `https://host/v1/` for `host`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
