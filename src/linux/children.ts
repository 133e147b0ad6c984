import { check, failedWith, libc } from './native.ts';

const prctl = libc('int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)');
const waitpid = libc('int waitpid(int pid, void *status, int options)');

const waitid = libc('int waitid(int idtype, int id, void *siginfo, int options)');

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;
const P_ALL = 0;
const WEXITED = 4;
const WNOWAIT = 0x0100_0000;
/** sizeof(siginfo_t), and where si_pid is in it on 64-bit machines. */
const SIGINFO_SIZE = 128;
const SI_PID = 16;

/** From now on this process inherits the orphans among its descendants: a container's init, once the runtime that made it has ended. */
export function becomeSubreaper(): void {
  check('prctl', prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

export type WaitResult = { state: 'running' } | { state: 'exited'; exitCode: number } | { state: 'unknown' };

/**
 * Reaps `pid` if it has ended. Node waits only for children that it spawned itself, so an inherited one stays a zombie until this is called.
 * `unknown`: it is not a child of this process.
 */
export function reap(pid: number): WaitResult {
  const status = Buffer.alloc(4);
  const result = waitpid(pid, status, WNOHANG);
  if (result === 0) return { state: 'running' };
  if (result < 0 && failedWith('ECHILD')) return { state: 'unknown' };
  check('waitpid', result);
  return { state: 'exited', exitCode: exitCodeOf(status.readInt32LE(0)) };
}

/** A child that has ended and is not reaped yet; it stays so. */
export function endedChild(): number | undefined {
  const siginfo = Buffer.alloc(SIGINFO_SIZE);
  if (waitid(P_ALL, 0, siginfo, WEXITED | WNOHANG | WNOWAIT) < 0 && failedWith('ECHILD')) return undefined;
  const pid = siginfo.readInt32LE(SI_PID);
  return pid === 0 ? undefined : pid;
}

/** wait(2)'s status as shells and docker show it: the code, or 128 and the signal's number. */
function exitCodeOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
