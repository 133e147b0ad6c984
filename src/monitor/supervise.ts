import { mkdirSync } from 'node:fs';
import type { ContainerRecord } from '../core/container.ts';
import { errnoOf, messageOf, UserError } from '../core/errors.ts';
import { containerPaths, type Paths } from '../core/paths.ts';
import { signalNumber } from '../core/signals.ts';
import { type FileLock, waitForLock } from '../linux/flock.ts';
import { identify } from '../linux/process-identity.ts';
import { findRuntime } from '../oci/index.ts';
import { condemnContainer, readContainer, readState, removeCondemned } from '../store/index.ts';
import { ChildExits } from './child-exits.ts';
import type { MonitorConnection } from './connection.ts';
import { cgroupModeFor, readHostFacts, readIdMaps } from './host-facts.ts';
import { type LogDriver, openLog } from './logs/index.ts';
import { complain, openMonitorLog } from './monitor-log.ts';
import type { Request } from './protocol.ts';
import { steer } from './requests.ts';
import type { RunContext } from './run-context.ts';
import { MonitorServer } from './server.ts';
import type { MonitorSetup } from './setup.ts';
import { StateWriter } from './state-writer.ts';
import { Supervisor } from './supervisor.ts';
import { Undo } from './undo.ts';

export type StartOrder = Extract<Request, { op: 'start' }>;

/** How long the monitor of the container's last run may take to let go of it, ms. */
const LOCK_TIMEOUT_MS = 1000;

interface Supervision {
  readonly setup: MonitorSetup;
  readonly exits: ChildExits;
  readonly state: StateWriter;
  record(): ContainerRecord;
  /** Reads the record again: rename and update change it. */
  reload(): void;
}

/**
 * Starts the container and stays with it until it has ended for good and its clients have read everything.
 * @throws UserError when it could not be started: it is then as it was, with the reason in its state, or gone (--rm)
 */
export async function superviseContainer(setup: MonitorSetup, creator: MonitorConnection, order: StartOrder): Promise<void> {
  const files = containerPaths(setup, order.id);
  const lock = await lockContainer(files.lock, order.id);
  openMonitorLog(files.monitorLog);
  let record = readContainer(setup, order.id);
  const supervision: Supervision = {
    setup,
    exits: new ChildExits(),
    state: new StateWriter(setup, () => record, readState(setup, order.id)),
    record: () => record,
    reload: () => {
      record = readContainer(setup, order.id);
    },
  };
  const { supervisor, server } = await start(supervision, creator, order);
  await supervisor.finished;
  server.close();
  if (record.hostConfig.AutoRemove) {
    const condemned = await condemnContainer(setup, record.id, record.name);
    // It is gone for every other command; nobody has to wait until its files are.
    supervisor.lastRun?.announceRemoved();
    supervisor.lastRun?.closeClients();
    removeCondemned(condemned);
  } else {
    supervisor.lastRun?.closeClients();
  }
  supervision.exits.close();
  lock.release();
  // As long as they live and have not read everything: what they have not read yet is nowhere else (--log-driver none).
  await Promise.all([server.drained(), closed(creator)]);
}

/** Another monitor may be just done with it. @throws UserError `CONTAINER_BUSY`, `CONTAINER_NOT_FOUND` */
async function lockContainer(path: string, id: string): Promise<FileLock> {
  const lock = await waitForLock(path, { timeoutMs: LOCK_TIMEOUT_MS }).catch(error => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new UserError('not-found', 'CONTAINER_NOT_FOUND', `No such container: ${id}`, { cause: error });
  });
  if (lock) return lock;
  throw new UserError('conflict', 'CONTAINER_BUSY', `another command is just starting or removing the container ${id}`);
}

async function start(
  supervision: Supervision,
  creator: MonitorConnection,
  order: StartOrder,
): Promise<{ supervisor: Supervisor; server: MonitorServer }> {
  const { state, setup, record } = supervision;
  const undo = new Undo();
  try {
    return await startServed(supervision, creator, order, undo);
  } catch (error) {
    state.drop('monitor');
    state.update({ exitCode: error instanceof UserError ? (error.exitCode ?? 128) : 128, error: messageOf(error) });
    await undo.run().catch(failure => complain('something of the start stays', failure));
    if (record().hostConfig.AutoRemove) await removeContainer(setup, record());
    throw error;
  }
}

async function startServed(supervision: Supervision, creator: MonitorConnection, order: StartOrder, undo: Undo) {
  const { state, setup, record, exits } = supervision;
  const files = containerPaths(setup, order.id);
  const context = await runContext(setup, exits, record);
  const log = openContainerLog(context, () => supervisor.resumeOutput());
  undo.add(() => log.close());
  const supervisor = new Supervisor(context, state, log);
  const serving = {
    supervisor,
    spillFolder: files.dir,
    stopSignal: () => signalNumber(record().config.StopSignal ?? 'SIGTERM'),
    reload: () => {
      supervision.reload();
      supervisor.reload();
    },
  };
  const server = new MonitorServer(serving, files.socket);
  undo.add(() => server.close());
  // Before anyone can know of us and send it: its default is to end the process.
  process.on('SIGHUP', () => void server.listen().catch(error => complain('it can not listen again', error)));
  await server.listen();
  const self = identify(process.pid);
  if (self) state.update({ monitor: { ...self, socket: files.socket } });
  await supervisor.start(order.attach && { connection: creator, streams: order.attach }, order.size, pid => {
    creator.send({ event: 'started', pid });
    if (order.attach) steer(serving, creator);
    else creator.end();
  });
  return { supervisor, server };
}

async function runContext(setup: MonitorSetup, exits: ChildExits, record: () => ContainerRecord): Promise<RunContext> {
  const { id, hostConfig } = record();
  const cgroup = cgroupModeFor(id, setup.cgroups);
  return {
    paths: setup,
    runtime: await findRuntime(hostConfig.Runtime || undefined, { root: containerPaths(setup, id).runtimeState, cgroup }),
    cgroup,
    host: readHostFacts(cgroup, hostConfig.Privileged),
    idMaps: readIdMaps(),
    exits,
    record,
  };
}

function openContainerLog(context: RunContext, onDrain: () => void): LogDriver {
  const { id, name, imageId, config, hostConfig } = context.record();
  const { log } = containerPaths(context.paths, id);
  mkdirSync(log, { recursive: true, mode: 0o700 });
  return openLog({
    config: hostConfig.LogConfig,
    path: `${log}/container.log`,
    container: { id, name, imageId, imageName: config.Image, labels: config.Labels, env: config.Env },
    onDrain,
  });
}

async function removeContainer(paths: Paths, { id, name }: ContainerRecord): Promise<void> {
  removeCondemned(await condemnContainer(paths, id, name));
}

function closed(connection: MonitorConnection): Promise<void> {
  return new Promise(resolve => {
    if (connection.isOpen) connection.on('close', () => resolve());
    else resolve();
  });
}
