import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { errnoOf, messageOf, UserError } from '../core/errors.ts';
import { type Paths, resolvePaths } from '../core/paths.ts';

const strings = v.optional(v.array(v.string()), []);

/** `$XDG_CONFIG_HOME/tsdocker/config.json`, in the spelling of docker's daemon.json where it has the key. */
const ConfigurationFile = v.strictObject({
  'data-root': v.optional(v.pipe(v.string(), v.startsWith('/'))),
  'storage-driver': v.optional(v.picklist(['overlay', 'fuse-overlayfs', 'vfs'])),
  'storage-opts': strings,
  runtime: v.optional(v.string()),
  'insecure-registries': strings,
  'registry-mirrors': strings,
  dns: strings,
  'dns-opts': strings,
  'dns-search': strings,
  'log-driver': v.optional(v.picklist(['json-file', 'local', 'none'])),
  'log-opts': v.optional(v.record(v.string(), v.string()), {}),
  'log-level': v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'fatal'])),
  init: v.optional(v.boolean()),
});
type ConfigurationFile = v.InferOutput<typeof ConfigurationFile>;

export type StorageDriverName = 'overlay' | 'fuse-overlayfs' | 'vfs';

/** What the engine is opened with: the configuration file, overridden by flags. */
export interface EngineSettings {
  readonly paths: Paths;
  /** Undefined: the first that works here. */
  readonly storageDriver: StorageDriverName | undefined;
  readonly storageOpts: readonly string[];
  /** A name on PATH or a path; undefined: crun, else runc. */
  readonly runtime: string | undefined;
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly logDriver: 'json-file' | 'local' | 'none';
  readonly logOpts: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly init: boolean;
  /** Folder of docker's own client files (credentials). */
  readonly dockerConfig: string;
  /** The user's environment, for the programs that the engine starts. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface SettingsSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
  readonly dockerConfig: string;
  readonly flags: {
    /** Absolute. */
    readonly root?: string;
    readonly storageDriver?: string;
    readonly storageOpts: readonly string[];
    readonly runtime?: string;
    readonly insecureRegistries: readonly string[];
    readonly logLevel?: string;
  };
}

/** Flags win over the file; lists are joined. @throws UserError `CONFIG_INVALID`, `CONFIG_UNREADABLE`, naming file and key */
export async function loadSettings(source: SettingsSource): Promise<EngineSettings> {
  const { env, uid, home, flags } = source;
  const folder = resolvePaths(env, uid, home).config;
  const file = readConfigurationFile(join(folder, 'config.json'));
  return {
    paths: resolvePaths(env, uid, home, flags.root ?? file['data-root']),
    storageDriver: driverOf(flags.storageDriver) ?? file['storage-driver'],
    storageOpts: refuseStorageOptions([...file['storage-opts'], ...flags.storageOpts]),
    runtime: flags.runtime ?? file.runtime,
    insecureRegistries: [...file['insecure-registries'], ...flags.insecureRegistries],
    registryMirrors: file['registry-mirrors'],
    dns: file.dns,
    dnsOptions: file['dns-opts'],
    dnsSearch: file['dns-search'],
    logDriver: file['log-driver'] ?? 'json-file',
    logOpts: file['log-opts'],
    logLevel: flags.logLevel ?? file['log-level'] ?? 'info',
    init: file.init ?? false,
    dockerConfig: source.dockerConfig,
    env,
  };
}

/** No driver has one yet. */
function refuseStorageOptions(options: readonly string[]): readonly [] {
  const [first] = options;
  if (first === undefined) return [];
  const name = first.split('=', 1)[0] ?? first;
  throw new UserError('unsupported', 'STORAGE_OPTION_UNKNOWN', `unknown storage option ${JSON.stringify(name)}: the drivers take none`, {
    exitCode: 125,
  });
}

/** Docker's names of what we have are taken too, so that a daemon.json can be moved over. */
function driverOf(name: string | undefined): StorageDriverName | undefined {
  if (name === undefined) return undefined;
  if (name === 'overlay' || name === 'overlay2') return 'overlay';
  if (name === 'fuse-overlayfs' || name === 'vfs') return name;
  throw new UserError(
    'invalid',
    'STORAGE_DRIVER_UNKNOWN',
    `unknown storage driver ${JSON.stringify(name)}: known are overlay, fuse-overlayfs and vfs`,
    { exitCode: 125 },
  );
}

function readConfigurationFile(path: string): ConfigurationFile {
  const text = readIfThere(path) ?? '{}';
  const parsed = v.safeParse(ConfigurationFile, parseJson(path, text));
  if (parsed.success) return parsed.output;
  throw invalid(path, describeIssue(parsed.issues[0]));
}

/** Without the thread pool that asynchronous reading starts: every command reads this file first. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new UserError('external', 'CONFIG_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { cause: error, exitCode: 125 });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // valibot takes a list for an object without keys.
    if (!Array.isArray(value)) return value;
  } catch (error) {
    throw invalid(path, messageOf(error));
  }
  throw invalid(path, 'expected an object, got a list');
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown key "${key}"`;
  return key === '' ? issue.message : `key "${key}": ${issue.message}`;
}

function invalid(path: string, what: string): UserError {
  return new UserError('invalid', 'CONFIG_INVALID', `invalid configuration in ${path}: ${what}`, { exitCode: 125 });
}
