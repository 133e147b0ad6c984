import { mkdirSync } from 'node:fs';
import { Socket } from 'node:net';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { containerPaths, type Paths } from '../core/paths.ts';
import { signalNumber } from '../core/signals.ts';
import { becomeSubreaper } from '../linux/children.ts';
import { tryLock } from '../linux/flock.ts';
import { identify } from '../linux/process-identity.ts';
import { findRuntime } from '../oci/index.ts';
import { condemnContainer, readContainer, readState, removeCondemned } from '../store/index.ts';
import { ChildExits } from './child-exits.ts';
import { type MonitorConnection, monitorConnection } from './connection.ts';
import { cgroupModeFor, readHostFacts, readIdMaps } from './host-facts.ts';
import { openLog } from './logs/index.ts';
import type { Request } from './protocol.ts';
import { fail, greet, steer } from './requests.ts';
import { mountOwnCgroupView } from './rootfs/cgroup-view.ts';
import type { RunContext } from './run-context.ts';
import { MonitorServer } from './server.ts';
import { MonitorSetup } from './setup.ts';
import { StateWriter } from './state-writer.ts';
import { Supervisor } from './supervisor.ts';

type Start = Extract<Request, { op: 'start' }>;

/** How long an ended container's monitor waits for clients that read slowly, ms. */
const CLIENT_DRAIN_MS = 60_000;

/** The `__monitor` role: waits on descriptor 3 to be told its container, then stays with it until it has ended for good. */
export async function runMonitor(argv: readonly string[]): Promise<number> {
  const setup = v.parse(MonitorSetup, JSON.parse(argv[0] ?? ''));
  becomeSubreaper();
  if (setup.cgroups.kind === 'none' && setup.cgroups.version === 1) mountOwnCgroupView();
  const creator = monitorConnection(new Socket({ fd: 3, readable: true, writable: true }));
  const start = await firstOrder(creator);
  if (!start) return 0;
  return await superviseContainer(setup, creator, start);
}

/** null when the command that made us gave up before it had a container. */
function firstOrder(creator: MonitorConnection): Promise<Start | null> {
  return new Promise(resolve => {
    creator.on('close', () => resolve(null));
    greet(creator, () => {
      creator.once('message', request => {
        if (request.op === 'start') resolve(request);
        else fail(creator, new UserError('invalid', 'PROTOCOL', `a monitor without a container does not take ${request.op}`));
      });
    });
  });
}

async function superviseContainer(setup: MonitorSetup, creator: MonitorConnection, start: Start): Promise<number> {
  process.title = `tsdocker: monitor ${start.id.slice(0, 12)}`;
  const files = containerPaths(setup, start.id);
  const lock = tryLock(files.lock);
  if (!lock) {
    fail(creator, new UserError('conflict', 'CONTAINER_BUSY', `another command is just starting or removing the container ${start.id}`));
    return 1;
  }
  let record = readContainer(setup, start.id);
  const cgroup = cgroupModeFor(start.id, setup.cgroups);
  const exits = new ChildExits();
  const context: RunContext = {
    paths: setup,
    runtime: await findRuntime(record.hostConfig.Runtime || undefined, { root: files.runtimeState, cgroup }),
    cgroup,
    host: readHostFacts(cgroup),
    idMaps: readIdMaps(),
    exits,
    record: () => record,
  };
  const state = new StateWriter(setup, context.record, readState(setup, start.id));
  mkdirSync(files.log, { recursive: true, mode: 0o700 });
  const log = openLog({
    config: record.hostConfig.LogConfig,
    path: `${files.log}/container.log`,
    container: {
      id: record.id,
      name: record.name,
      imageId: record.imageId,
      imageName: record.config.Image,
      labels: record.config.Labels,
      env: record.config.Env,
    },
    onDrain: () => supervisor.resumeOutput(),
  });
  const supervisor = new Supervisor(context, state, log);
  const serving = {
    supervisor,
    spillFolder: files.dir,
    stopSignal: () => signalNumber(record.config.StopSignal ?? 'SIGTERM'),
    reload: () => {
      record = readContainer(setup, start.id);
      supervisor.reload();
    },
  };
  const server = new MonitorServer(serving, files.socket);
  const self = identify(process.pid);
  if (self) state.update({ monitor: { ...self, socket: files.socket } });
  process.on('SIGHUP', () => void server.listen());
  try {
    await server.listen();
    await supervisor.start(start.attach && { connection: creator, streams: start.attach }, start.size, pid => {
      creator.send({ event: 'started', pid });
      if (start.attach) steer(serving, creator);
      else creator.end();
    });
  } catch (error) {
    server.close();
    await log.close();
    if (record.hostConfig.AutoRemove) await removeContainer(setup, record.id, record.name);
    fail(creator, error);
    return 1;
  }
  await supervisor.finished;
  server.close();
  if (record.hostConfig.AutoRemove) {
    await removeContainer(setup, record.id, record.name);
    supervisor.lastRun?.announceRemoved();
  }
  supervisor.lastRun?.closeClients();
  exits.close();
  await Promise.race([server.drained(), new Promise(resolve => setTimeout(resolve, CLIENT_DRAIN_MS).unref())]);
  return 0;
}

async function removeContainer(paths: Paths, id: string, name: string): Promise<void> {
  removeCondemned(await condemnContainer(paths, id, name));
}
