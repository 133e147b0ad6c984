import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerRecord } from '../core/container.ts';
import { containerPaths } from '../core/paths.ts';
import { findProgram } from '../linux/find-program.ts';
import { type NetworkDriver, networkDriver } from '../netns/index.ts';
import { buildSpec, findInit, type OciSpec, resolveUser, specText } from '../oci/index.ts';
import { mountContainerRoot } from '../store/index.ts';
import { removeCgroup } from './cgroup.ts';
import { checkDevices } from './check-devices.ts';
import { type PendingIo, type ProcessIo, pipeIo, terminalIo } from './container-io.ts';
import { joinedNamespaces } from './joined-namespaces.ts';
import { complain } from './monitor-log.ts';
import type { TerminalSize } from './protocol.ts';
import { writeEtcFiles } from './rootfs/etc-files.ts';
import { prepareMountPoints } from './rootfs/mount-points.ts';
import { readUserFiles } from './rootfs/user-files.ts';
import type { RunContext } from './run-context.ts';
import { Undo } from './undo.ts';

/** One life of the container's init, from start to exit. */
export interface Run {
  readonly pid: number;
  readonly io: ProcessIo;
  /** Resolves with the exit code once init has been reaped. */
  readonly exited: Promise<number>;
  readonly rootfs: string;
  /** Takes down what the start set up; call after `exited`. */
  tearDown(): Promise<void>;
}

/**
 * Mounts the root, writes the runtime's configuration and starts init. On failure everything is taken down again.
 * @throws UserError with docker's exit code (125, 126, 127)
 */
export async function startRun(context: RunContext, size: TerminalSize | undefined, onIo: (io: ProcessIo) => void): Promise<Run> {
  const undo = new Undo();
  try {
    return await launch(context, size, onIo, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function launch(context: RunContext, size: TerminalSize | undefined, onIo: (io: ProcessIo) => void, undo: Undo): Promise<Run> {
  const record = context.record();
  const files = containerPaths(context.paths, record.id);
  const network = networkDriver(record.hostConfig.NetworkMode);
  const root = await mountContainerRoot(context.paths, record);
  undo.add(() => root.unmount());
  prepareMountPoints(root.root);
  clearRuntimeState(context);
  undo.add(() => clearRuntimeState(context));
  writeSpec(files.bundle, specOf(context, record, root.root, network));

  const io = record.config.Tty ? terminalIo(`${files.socket}.tty`, size) : pipeIo({ stdin: record.config.OpenStdin });
  const { pid, exited } = await context.exits.adopt(() => startProcess(context, record, io, network, undo));
  const opened = io.open();
  onIo(opened);
  return { pid, io: opened, exited, rootfs: root.root, tearDown: () => undo.run() };
}

/** What the runtime left of an earlier life: its own state, and our files for it. Gone after a clean end; there after a kill. */
function clearRuntimeState(context: RunContext): void {
  const files = containerPaths(context.paths, context.record().id);
  rmSync(files.runtimeState, { recursive: true, force: true });
  rmSync(files.bundle, { recursive: true, force: true });
  mkdirSync(files.bundle, { recursive: true, mode: 0o700 });
}

function writeSpec(bundle: string, spec: OciSpec): void {
  writeFileSync(join(bundle, 'config.json'), specText(spec), { mode: 0o600 });
}

function specOf(context: RunContext, record: ContainerRecord, rootfs: string, network: NetworkDriver | null): OciSpec {
  const { config, hostConfig } = record;
  checkDevices(hostConfig);
  const etcFiles = writeEtcFiles(containerPaths(context.paths, record.id).etc, record, network?.addresses ?? null);
  const user = resolveUser(config.User, readUserFiles(rootfs), hostConfig.GroupAdd);
  const seccomp = seccompProfile(hostConfig.SecurityOpt);
  return buildSpec({
    record,
    user,
    rootfs,
    idMaps: context.idMaps,
    host: context.host,
    etcFiles,
    join: joinedNamespaces(context.paths, record),
    ...(seccomp === undefined ? {} : { seccompProfile: seccomp }),
    ...(hostConfig.Init ? { init: findInit(findProgram) } : {}),
  });
}

/** The text of a profile of the user's own. */
function seccompProfile(options: readonly string[]): string | undefined {
  const given = options.find(option => option.startsWith('seccomp='))?.slice('seccomp='.length);
  return given === 'unconfined' || given === 'builtin' ? undefined : given;
}

/** A network program has to find the namespace before the user's program does: only then creation and start are two calls. */
async function startProcess(
  context: RunContext,
  record: ContainerRecord,
  io: PendingIo,
  network: NetworkDriver | null,
  undo: Undo,
): Promise<number> {
  const files = containerPaths(context.paths, record.id);
  const options = {
    id: record.id,
    bundle: files.bundle,
    pidFile: join(files.bundle, 'init.pid'),
    stdio: io.stdio,
    consoleSocket: io.consoleSocket,
  };
  undo.add(() => removeCgroup(context.cgroup));
  try {
    if (!network) return await context.runtime.run(options);
    const pid = await context.runtime.create(options);
    await connectAndStart(context, { pid, dir: files.bundle }, network, undo);
    return pid;
  } catch (error) {
    io.abandon();
    // Also a runtime that failed, or was killed, may have made the init.
    await context.runtime.delete(record.id, { force: true }).catch(failure => complain('the runtime does not take it back', failure));
    throw error;
  }
}

async function connectAndStart(
  context: RunContext,
  target: { pid: number; dir: string },
  network: NetworkDriver,
  undo: Undo,
): Promise<void> {
  const attachment = await network.attach(target);
  undo.add(() => attachment.detach());
  await context.runtime.start(context.record().id);
}
