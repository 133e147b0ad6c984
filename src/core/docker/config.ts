import * as v from 'valibot';

/**
 * Docker's own API types (Engine API 1.47, `ContainerConfig` and `HostConfig`), in its spelling: the engine takes them,
 * stores them and gives them back in `inspect`, so that the command line, the REST API and the records never need a mapping.
 * Times are nanoseconds where docker has nanoseconds.
 */
export const Healthcheck = v.object({
  Test: v.optional(v.array(v.string())),
  Interval: v.optional(v.number()),
  Timeout: v.optional(v.number()),
  StartPeriod: v.optional(v.number()),
  StartInterval: v.optional(v.number()),
  Retries: v.optional(v.number()),
});
export type Healthcheck = v.InferOutput<typeof Healthcheck>;

const strings = v.array(v.string());
const stringMap = v.record(v.string(), v.string());
const emptyMap = v.record(v.string(), v.object({}));

export const ContainerConfig = v.object({
  Hostname: v.string(),
  Domainname: v.string(),
  User: v.string(),
  AttachStdin: v.boolean(),
  AttachStdout: v.boolean(),
  AttachStderr: v.boolean(),
  ExposedPorts: v.optional(emptyMap),
  Tty: v.boolean(),
  OpenStdin: v.boolean(),
  StdinOnce: v.boolean(),
  Env: strings,
  Cmd: v.nullable(strings),
  Healthcheck: v.optional(Healthcheck),
  /** The reference as the user gave it. */
  Image: v.string(),
  Volumes: v.nullable(emptyMap),
  WorkingDir: v.string(),
  Entrypoint: v.nullable(strings),
  Labels: stringMap,
  StopSignal: v.optional(v.string()),
  /** Seconds. */
  StopTimeout: v.optional(v.number()),
  Shell: v.optional(strings),
});
export type ContainerConfig = v.InferOutput<typeof ContainerConfig>;

export const RestartPolicy = v.object({
  Name: v.picklist(['no', 'always', 'on-failure', 'unless-stopped']),
  MaximumRetryCount: v.number(),
});
export type RestartPolicy = v.InferOutput<typeof RestartPolicy>;

export const DeviceMapping = v.object({
  PathOnHost: v.string(),
  PathInContainer: v.string(),
  CgroupPermissions: v.string(),
});
export type DeviceMapping = v.InferOutput<typeof DeviceMapping>;

export const Ulimit = v.object({
  Name: v.string(),
  Soft: v.number(),
  Hard: v.number(),
});
export type Ulimit = v.InferOutput<typeof Ulimit>;

export const LogConfig = v.object({
  Type: v.picklist(['json-file', 'none', 'local']),
  Config: stringMap,
});
export type LogConfig = v.InferOutput<typeof LogConfig>;

export const HostConfig = v.object({
  AutoRemove: v.boolean(),
  CapAdd: v.nullable(strings),
  CapDrop: v.nullable(strings),
  /** `` (the default), `private` or `host`. */
  CgroupnsMode: v.string(),
  ContainerIDFile: v.string(),
  Devices: v.array(DeviceMapping),
  Dns: strings,
  DnsOptions: strings,
  DnsSearch: strings,
  ExtraHosts: strings,
  GroupAdd: strings,
  /** null: the default of the configuration. */
  Init: v.nullable(v.boolean()),
  /** `private`, `shareable`, `host`, `none`, `container:<id>`. */
  IpcMode: v.string(),
  LogConfig,
  /** `default`, `none`, `host`, `bridge`, `pasta`, `slirp4netns`, `container:<id>`. */
  NetworkMode: v.string(),
  OomScoreAdj: v.number(),
  /** ``, `host`, `container:<id>`. */
  PidMode: v.string(),
  Privileged: v.boolean(),
  ReadonlyRootfs: v.boolean(),
  RestartPolicy,
  Runtime: v.string(),
  SecurityOpt: strings,
  /** Bytes. */
  ShmSize: v.number(),
  Sysctls: stringMap,
  /** Path in the container to mount options. */
  Tmpfs: stringMap,
  Ulimits: v.array(Ulimit),
  /** `` or `host`. */
  UsernsMode: v.string(),
  /** `` or `host`. */
  UTSMode: v.string(),
  MaskedPaths: v.nullable(strings),
  ReadonlyPaths: v.nullable(strings),
  /** Attached terminal size at creation: rows, columns. */
  ConsoleSize: v.tuple([v.number(), v.number()]),
});
export type HostConfig = v.InferOutput<typeof HostConfig>;

/** A HostConfig that asks for nothing, to be overridden by what the user gave. */
export function defaultHostConfig(): HostConfig {
  return {
    AutoRemove: false,
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: 'private',
    ContainerIDFile: '',
    Devices: [],
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: [],
    GroupAdd: [],
    Init: null,
    IpcMode: 'private',
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: 'default',
    OomScoreAdj: 0,
    PidMode: '',
    Privileged: false,
    ReadonlyRootfs: false,
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    Runtime: '',
    SecurityOpt: [],
    ShmSize: 64 * 1024 * 1024,
    Sysctls: {},
    Tmpfs: {},
    Ulimits: [],
    UsernsMode: '',
    UTSMode: '',
    MaskedPaths: null,
    ReadonlyPaths: null,
    ConsoleSize: [0, 0],
  };
}
