import type { AttachOptions, Session } from '../../../engine/types.ts';
import type { Context } from '../../define-command.ts';
import { checkTty } from '../../terminal/check-tty.ts';
import { runSession, type SessionEnd } from '../../terminal/run-session.ts';
import { windowSize } from '../../terminal/terminal-stream.ts';
import { chosenDetachKeys } from './chosen-detach-keys.ts';

export interface AttachedRun {
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly sigProxy: boolean;
  /** As given; undefined for the configured ones. */
  readonly detachKeys: string | undefined;
  open(attach: AttachOptions): Promise<Session | null>;
}

/** Checks our terminal, opens the session with its size, and joins the streams. A null session ends at once, with 0. */
export async function attachedRun(context: Context, run: AttachedRun): Promise<SessionEnd> {
  const { stdin, out } = context;
  const { tty } = run;
  checkTty(stdin, run.stdin, tty);
  const detachKeys = tty && run.stdin ? await chosenDetachKeys(run.detachKeys, context) : undefined;
  const size = tty ? windowSize(out.stdout, out.stderr) : undefined;
  const attach = { stdin: run.stdin, stdout: run.stdout ?? true, stderr: run.stderr ?? true, ...(size ? { size } : {}) };
  const session = await run.open(attach);
  if (!session) return { detached: false, exitCode: 0 };
  const streams = { stdin, stdout: out.stdout, stderr: out.stderr };
  return await runSession(session, streams, { stdin: run.stdin, tty, detachKeys, sigProxy: run.sigProxy });
}
