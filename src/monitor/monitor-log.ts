import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { redirect } from '../linux/redirect.ts';

const STDERR = 2;
/** Beyond this, bytes, a monitor writes no more of itself, and the next one begins anew. */
const LIMIT = 64 * 1024;

/** Where a monitor tells what its client can't be told: everything written to standard error from now on goes to the file at `path`. */
export function openMonitorLog(path: string): void {
  try {
    const fd = openSync(path, 'a', 0o600);
    if (fstatSync(fd).size > LIMIT) ftruncateSync(fd, 0);
    redirect(fd, STDERR);
    closeSync(fd);
  } catch {
    // A disk without room for this has none for the container's records either, and that is told to the client.
  }
}

/** Notes a failure that must not end the container. Never throws. */
export function complain(what: string, error: unknown): void {
  const text = `${new Date().toISOString()} ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  try {
    if (fstatSync(STDERR).size + text.length > LIMIT) return;
    writeSync(STDERR, text);
  } catch {
    // The disk is full: there is no one left to tell.
  }
}
