/** A Go map: iterated in key order, and a missing key is no error. Docker's JSON objects are structs unless known as maps. */
export class GoMap {
  readonly entries: ReadonlyMap<string, unknown>;

  constructor(entries: Iterable<readonly [string, unknown]>) {
    this.entries = new Map([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }
}

/** A typed nil: prints, ranges and counts by its type, and is null in JSON. */
export class GoNil {
  readonly type: 'slice' | 'map' | 'pointer';

  constructor(type: 'slice' | 'map' | 'pointer') {
    this.type = type;
  }
}

/** A value that isn't there: prints `<no value>`. */
export const noValue = Symbol('no value');

/** Fields of docker's API that are Go maps. */
const mapFields = new Set([
  'Annotations',
  'Data',
  'DriverOpts',
  'ExposedPorts',
  'IndexConfigs',
  'Labels',
  'Networks',
  'Options',
  'PortBindings',
  'Ports',
  'Runtimes',
  'StorageOpt',
  'Sysctls',
  'Tmpfs',
  'Volumes',
]);

/** Fields that are lists where docker may answer null. */
const listFields = new Set([
  'Aliases',
  'Binds',
  'CapAdd',
  'CapDrop',
  'Cmd',
  'DNSNames',
  'Devices',
  'Dns',
  'DnsOptions',
  'DnsSearch',
  'Entrypoint',
  'Env',
  'ExecIDs',
  'ExtraHosts',
  'GroupAdd',
  'Links',
  'MaskedPaths',
  'Mounts',
  'OnBuild',
  'ReadonlyPaths',
  'RepoDigests',
  'RepoTags',
  'SecurityOpt',
  'Shell',
  'Ulimits',
  'VolumesFrom',
]);

/** Fields that docker leaves out of its JSON when empty, but whose struct has them: `{{if .State.Health}}` is no error. */
const optionalFields = new Set(['Health', 'Healthcheck', 'SizeRw', 'SizeRootFs']);

export function isStruct(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return !(Array.isArray(value) || value instanceof GoMap || value instanceof GoNil);
}

export function hasField(owner: Record<string, unknown>, name: string): boolean {
  return Object.hasOwn(owner, name) || optionalFields.has(name);
}

/** The field as Go would type it. */
export function typedField(owner: Record<string, unknown>, name: string): unknown {
  const value = Object.hasOwn(owner, name) ? owner[name] : undefined;
  if (value === null || value === undefined) {
    if (mapFields.has(name)) return new GoNil('map');
    return new GoNil(listFields.has(name) ? 'slice' : 'pointer');
  }
  if (!mapFields.has(name) || !isStruct(value)) return value;
  const isListMap = name === 'Ports' || name === 'PortBindings';
  return new GoMap(Object.entries(value).map(([key, item]) => [key, item === null && isListMap ? new GoNil('slice') : item]));
}

/** Go's template truth: not the zero value, not empty. Structs are always true. */
export function isTrue(value: unknown): boolean {
  if (value === noValue || value instanceof GoNil) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof GoMap) return value.entries.size > 0;
  return Boolean(value);
}

/** Go's name of the value's type, for messages and `%T`. */
export function typeName(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (Array.isArray(value)) return value.every(item => typeof item === 'string') ? '[]string' : '[]interface {}';
  if (value === noValue || value === null || value === undefined) return '<nil>';
  if (value instanceof GoNil && value.type === 'slice') return '[]string';
  return 'map[string]interface {}';
}
