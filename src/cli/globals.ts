import type { Flags } from './define-command.ts';

/** What the flags before the command's name say. */
export interface Globals {
  readonly debug: boolean;
  /** How the user calls this program, for help and messages. */
  readonly programName: string;
  /** Folder of docker's own client files (credentials, formats): `--config`, DOCKER_CONFIG, `~/.docker`. */
  readonly dockerConfig: string;
  /** Given flags that the engine's configuration takes. */
  readonly engine: EngineFlags;
}

export interface EngineFlags {
  readonly root?: string;
  readonly storageDriver?: string;
  readonly storageOpts: readonly string[];
  readonly runtime?: string;
  readonly insecureRegistries: readonly string[];
  readonly logLevel?: string;
}

export const globalFlags = {
  config: { type: 'string', describe: 'Location of client config files' },
  debug: { type: 'boolean', alias: 'D', describe: 'Enable debug mode' },
  'insecure-registry': {
    type: 'string',
    array: true,
    describe: 'Registry that may be spoken to without verified TLS',
  },
  'log-level': {
    type: 'string',
    alias: 'l',
    describe: 'Set the logging level ("debug", "info", "warn", "error", "fatal")',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'fatal'],
  },
  root: {
    type: 'string',
    alias: 'g',
    describe: 'Folder for images and containers',
  },
  runtime: { type: 'string', describe: 'OCI runtime, a name or a path' },
  'storage-driver': {
    type: 'string',
    alias: 's',
    describe: 'Storage driver to use (overlay, fuse-overlayfs, vfs)',
  },
  'storage-opt': {
    type: 'string',
    array: true,
    describe: 'Storage driver options',
  },
  version: {
    type: 'boolean',
    alias: 'v',
    describe: 'Print version information and quit',
  },
} as const satisfies Flags;

/** Docker's global flags that speak of a remote daemon. */
export const unsupportedGlobals = ['-H, --host', '-c, --context', '--tls', '--tlscacert', '--tlscert', '--tlskey', '--tlsverify'] as const;
