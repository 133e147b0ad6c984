import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** sun_path in struct sockaddr_un holds 108 bytes with the closing NUL. */
const longestSocketPath = 107;

export interface SocketPath {
  /** Names the same socket, short enough for bind and connect. */
  readonly path: string;
  /** To be called when bind or connect is done. */
  release(): void;
}

/** A path too long for a socket address is reached through /proc and an open descriptor of its folder. */
export function shortSocketPath(path: string): SocketPath {
  return shorten(path, 'self');
}

/** As {@link shortSocketPath}, for a path that another process, which may look into this one, is given. */
export function socketPathForOthers(path: string): SocketPath {
  return shorten(path, String(process.pid));
}

function shorten(path: string, owner: string): SocketPath {
  if (Buffer.byteLength(path) <= longestSocketPath) return { path, release: () => {} };
  const fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    path: `/proc/${owner}/fd/${fd}/${basename(path)}`,
    release: () => closeSync(fd),
  };
}
