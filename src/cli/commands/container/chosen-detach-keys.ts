import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { defaultDetachKeys, parseDetachKeys } from '../../args/detach-keys.ts';
import type { Context } from '../../define-command.ts';

const ClientConfig = v.object({ detachKeys: v.optional(v.string()) });

/**
 * The keys that leave a terminal: the flag's, else those of docker's own client configuration, else ctrl-p ctrl-q.
 * @throws UserError for keys that no terminal sends
 */
export async function chosenDetachKeys(flag: string | undefined, { globals }: Context): Promise<Buffer> {
  return parseDetachKeys(flag || (await configuredKeys(join(globals.dockerConfig, 'config.json'))) || defaultDetachKeys);
}

/** A client configuration that can't be read must not keep anybody from a container: credentials tell of it when needed. */
async function configuredKeys(path: string): Promise<string | undefined> {
  try {
    const parsed = v.safeParse(ClientConfig, JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.output.detachKeys : undefined;
  } catch {
    return undefined;
  }
}
