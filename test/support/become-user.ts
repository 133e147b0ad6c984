import { libc } from '../../src/linux/native.ts';
import { type TestUser, testUser } from './user.ts';

const PR_SET_DUMPABLE = 4;

/**
 * Makes this whole test process the unprivileged user that tsdocker is for, where it was started by root. For test files whose code must
 * not have root's powers; each file runs in a process of its own.
 */
export function becomeTestUser(): TestUser {
  const user = testUser();
  if (process.getuid?.() !== 0) return user;
  process.setgroups?.([user.gid]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  // A process that has changed its ids keeps its own /proc files from its children (prctl(2)); ours are to enter namespaces through them.
  libc('int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)')(
    PR_SET_DUMPABLE,
    1,
    0,
    0,
    0,
  );
  process.env.HOME = '/';
  return { ...user, prefix: [] };
}
