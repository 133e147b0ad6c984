import { release } from 'node:os';
import { buildInfo } from '../../core/build-info.ts';
import type { FoundRuntime } from './runtimes.ts';

/** Of the Engine API whose objects we speak, and the oldest one whose clients understand them. */
export const apiVersion = '1.47';
const minApiVersion = '1.24';

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

function architecture(): string {
  return goArchitectures[process.arch] ?? process.arch;
}

/** `tsdocker version 0.1.0, build 0a9353b` */
export function versionLine(programName: string): string {
  return `${programName} version ${buildInfo.version}, build ${buildInfo.gitCommit}`;
}

/** The `Client` half of docker's `version`. Fields named for Go tell node's version. */
export function clientVersion() {
  return {
    Version: buildInfo.version,
    ApiVersion: apiVersion,
    DefaultAPIVersion: apiVersion,
    GitCommit: buildInfo.gitCommit,
    GoVersion: process.version,
    Os: process.platform,
    Arch: architecture(),
    BuildTime: buildInfo.built,
    Context: 'default',
  };
}

/** Docker's `GET /version`; the OCI runtime in use is one of its components. */
export function serverVersion(runtime: FoundRuntime | undefined) {
  const common = {
    ApiVersion: apiVersion,
    MinAPIVersion: minApiVersion,
    GitCommit: buildInfo.gitCommit,
    GoVersion: process.version,
    Os: process.platform,
    Arch: architecture(),
    KernelVersion: release(),
    BuildTime: buildInfo.built,
  };
  const engine = { Name: 'Engine', Version: buildInfo.version, Details: { ...common, Experimental: 'false' } };
  const runtimes = runtime ? [{ Name: runtime.name, Version: runtime.version, Details: { Path: runtime.path } }] : [];
  return { Platform: { Name: 'tsdocker' }, Components: [engine, ...runtimes], Version: buildInfo.version, ...common };
}
