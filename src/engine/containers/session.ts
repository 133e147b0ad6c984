import { UserError } from '../../core/errors.ts';
import type { AttachOptions, ExecOptions, Session } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { explainingLoss } from './monitor-lost.ts';
import { monitorOf, notRunning } from './monitor-of.ts';
import type { Container } from './refresh.ts';

/** @throws UserError when it is not running, or paused */
export async function attachContainer(deps: ContainerDeps, ref: string, attach: AttachOptions): Promise<Session> {
  const container = await findContainer(deps, ref);
  if (container.state.status === 'restarting') {
    throw new UserError('conflict', 'CONTAINER_RESTARTING', 'You cannot attach to a restarting container, wait until it is running');
  }
  requireRunning(
    container,
    'You cannot attach to a paused container, unpause it first',
    'You cannot attach to a stopped container, start it first',
  );
  const monitor = await monitorOf(container);
  const session = await monitor.attach(attach, { autoRemove: container.record.hostConfig.AutoRemove });
  return explainingLoss(deps, container.record.id, session);
}

/** Answers null for a detached exec. */
export async function execInContainer(deps: ContainerDeps, ref: string, options: ExecOptions): Promise<Session | null> {
  const container = await findContainer(deps, ref);
  const { id, name } = container.record;
  requireRunning(container, `Container ${id} is paused, unpause the container before exec`, undefined);
  if (options.workingDir !== '' && !options.workingDir.startsWith('/')) {
    throw new UserError(
      'invalid',
      'WORKDIR_RELATIVE',
      `the working directory '${options.workingDir}' is invalid, it needs to be an absolute path`,
      { exitCode: 126 },
    );
  }
  if (container.state.status === 'restarting') throw notRunning(id, name);
  const { stdin, stdout, stderr, size } = options.attach;
  const monitor = await monitorOf(container);
  return await monitor.exec({
    args: options.args,
    env: options.env,
    user: options.user,
    workingDir: options.workingDir,
    tty: options.tty,
    privileged: options.privileged,
    streams: { stdin, stdout, stderr },
    detach: options.detach,
    ...(size ? { size } : {}),
  });
}

function requireRunning({ record, state }: Container, paused: string, stopped: string | undefined): void {
  if (state.status === 'running' || state.status === 'restarting') return;
  if (state.status === 'paused') {
    throw new UserError('conflict', 'CONTAINER_PAUSED', paused, { hint: `tsdocker unpause ${record.name}` });
  }
  if (stopped === undefined) throw notRunning(record.id, record.name);
  throw new UserError('conflict', 'CONTAINER_NOT_RUNNING', stopped, { hint: `tsdocker start ${record.name}` });
}
