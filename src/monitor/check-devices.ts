import { type Stats, statSync } from 'node:fs';
import type { HostConfig } from '../core/docker/config.ts';
import { errnoOf, UserError } from '../core/errors.ts';

/** `--device` names devices, or folders of them; anything else would be a bind mount by another name. @throws UserError in docker's words */
export function checkDevices({ Devices }: HostConfig): void {
  for (const { PathOnHost } of Devices) {
    const stats = look(PathOnHost);
    if (!stats) throw refused(PathOnHost, 'no such file or directory');
    if (!stats.isCharacterDevice() && !stats.isBlockDevice() && !stats.isDirectory()) throw refused(PathOnHost, 'not a device node');
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw refused(path, errnoOf(error) ?? String(error));
  }
}

function refused(path: string, why: string): UserError {
  const text = `error gathering device information while adding custom device ${JSON.stringify(path)}: ${why}`;
  return new UserError('invalid', 'NOT_A_DEVICE', text);
}
