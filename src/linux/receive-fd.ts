import { closeSync, rmSync } from 'node:fs';
import { addressOf, check, libc } from './native.ts';

const socket = libc('int socket(int domain, int type, int protocol)');
const bind = libc('int bind(int fd, void *address, unsigned int length)');
const listen = libc('int listen(int fd, int backlog)');
const accept4 = libc('int accept4(int fd, void *address, void *length, int flags)');
const recvmsg = libc('long recvmsg(int fd, void *message, int flags)');

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
/** sizeof(sun_path) without the closing NUL. */
const MAX_SOCKET_PATH = 107;
/** struct cmsghdr on 64-bit machines: size_t length, int level, int type, then the descriptors. */
const CMSG_HEADER = 16;

/** A unix socket that takes one file descriptor from another process: how an OCI runtime hands over a container's terminal. */
export interface FdReceiver {
  /** The descriptor, once the sender has ended its part. @throws Error when nobody has connected or none was sent. */
  receive(): number;
  close(): void;
}

export function openFdReceiver(path: string): FdReceiver {
  const address = Buffer.alloc(2 + MAX_SOCKET_PATH + 1);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) throw new Error(`socket path is longer than ${MAX_SOCKET_PATH} bytes: ${path}`);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2);
  rmSync(path, { force: true });
  const listener = check('socket', socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  check('bind', bind(listener, address, address.length), path);
  check('listen', listen(listener, 1), path);
  return {
    receive: () => {
      const connection = check('accept4', accept4(listener, null, null, SOCK_CLOEXEC), path);
      try {
        return receiveFd(connection);
      } finally {
        closeSync(connection);
      }
    },
    close: () => {
      closeSync(listener);
      rmSync(path, { force: true });
    },
  };
}

function receiveFd(connection: number): number {
  const data = Buffer.alloc(4096);
  const iovec = Buffer.alloc(16);
  iovec.writeBigUInt64LE(addressOf(data), 0);
  iovec.writeBigUInt64LE(BigInt(data.length), 8);
  const control = Buffer.alloc(CMSG_HEADER + 8);
  // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
  const message = Buffer.alloc(56);
  message.writeBigUInt64LE(addressOf(iovec), 16);
  message.writeBigUInt64LE(1n, 24);
  message.writeBigUInt64LE(addressOf(control), 32);
  message.writeBigUInt64LE(BigInt(control.length), 40);
  check('recvmsg', recvmsg(connection, message, MSG_CMSG_CLOEXEC));
  const received = message.readBigUInt64LE(40) >= BigInt(CMSG_HEADER + 4);
  if (!received || control.readInt32LE(8) !== SOL_SOCKET || control.readInt32LE(12) !== SCM_RIGHTS) {
    throw new Error('the runtime sent no terminal');
  }
  return control.readInt32LE(CMSG_HEADER);
}
