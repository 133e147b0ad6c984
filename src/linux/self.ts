import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

export type Role = '__monitor' | '__worker';

/** The command that starts this program again in another role. */
export function selfCommand(role: Role, args: readonly string[]): string[] {
  if (isSea()) return [process.execPath, role, ...args];
  return [process.execPath, fileURLToPath(new URL('../main.ts', import.meta.url)), role, ...args];
}
