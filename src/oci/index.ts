export { classifyFailure } from './runtime/failure.ts';
export { findRuntime } from './runtime/find-runtime.ts';
export { runtimeWarnings } from './runtime/known-flaws.ts';
export type {
  CreateOptions,
  ExecOptions,
  LaunchOptions,
  OciRuntime,
  RuntimeKind,
  RuntimePlace,
  RuntimeState,
  Stdio,
} from './runtime/types.ts';
export { buildSpec } from './spec/build-spec.ts';
export { buildExecProcess, type ExecProcessInput } from './spec/exec-process.ts';
export { findInit } from './spec/init.ts';
export type { CgroupMode, HostFacts, IdMap, JoinedNamespaces, SpecInput } from './spec/input.ts';
export { specText } from './spec/spec-text.ts';
export type { OciMount, OciProcess, OciSpec } from './spec/types.ts';
export { type ResolvedUser, resolveUser, type UserFiles } from './user.ts';
