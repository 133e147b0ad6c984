export { type HostCgroups, hostCgroups } from './host-cgroups.ts';
export { type IdMapLine, type IdMaps, idMaps, singleIdAdvice } from './subordinate-ids.ts';
export { type NamespaceProcess, type NamespaceSpawn, spawnInUserNamespace } from './user-namespace.ts';
