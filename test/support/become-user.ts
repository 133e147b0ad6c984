import { type TestUser, testUser } from './user.ts';

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
  process.env.HOME = '/';
  return { ...user, prefix: [] };
}
