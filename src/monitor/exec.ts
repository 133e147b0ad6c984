import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { containerPaths } from '../core/paths.ts';
import { randomHex } from '../linux/random.ts';
import { buildExecProcess, resolveUser } from '../oci/index.ts';
import { type ProcessIo, pipeIo, terminalIo } from './container-io.ts';
import type { ExecSpec } from './protocol.ts';
import { readUserFiles } from './rootfs/user-files.ts';
import type { RunContext } from './run-context.ts';

/** A process that `exec` has started in the container. */
export interface ExecRun {
  readonly pid: number;
  readonly io: ProcessIo;
  readonly exited: Promise<number>;
}

/** @throws UserError with docker's exit code: 127 for a command that is not there, else 126 */
export async function startExec(context: RunContext, rootfs: string, spec: ExecSpec): Promise<ExecRun> {
  try {
    return await launchExec(context, rootfs, spec);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === 127) throw error;
    const { kind, code, message, hint, cause } = error;
    throw new UserError(kind, code, message, { cause, exitCode: 126, ...(hint === undefined ? {} : { hint }) });
  }
}

async function launchExec(context: RunContext, rootfs: string, spec: ExecSpec): Promise<ExecRun> {
  const record = context.record();
  const files = containerPaths(context.paths, record.id);
  const execId = randomHex(8);
  const pidFile = join(files.bundle, `${execId}.pid`);
  const user = resolveUser(spec.user || record.config.User, readUserFiles(rootfs), record.hostConfig.GroupAdd);
  const process = buildExecProcess({
    record,
    user,
    host: context.host,
    args: spec.args,
    env: spec.env,
    cwd: spec.workingDir,
    tty: spec.tty,
    privileged: spec.privileged,
  });
  const io = spec.tty ? terminalIo(`${files.socket}.${execId}`, spec.size) : pipeIo({ stdin: spec.streams.stdin });
  try {
    const options = { id: record.id, pidFile, stdio: io.stdio, consoleSocket: io.consoleSocket, process };
    const { pid, exited } = await context.exits.adopt(() => context.runtime.exec(options));
    return { pid, io: io.open(), exited };
  } catch (error) {
    io.abandon();
    throw error;
  } finally {
    for (const suffix of ['', '.log', '.json']) rmSync(pidFile + suffix, { force: true });
  }
}
