import { posix } from 'node:path';
import type { DeviceMapping } from '../../core/docker/config.ts';
import { invalid } from './invalid.ts';

/** `/dev/fuse`, `/dev/sda:/dev/xvda:rwm`, `/dev/zero:r`. @throws UserError in docker's words */
export function parseDevice(text: string): DeviceMapping {
  const [source = '', second, third, ...more] = text.split(':');
  if (source === '' || more.length > 0) throw invalid(`bad format for path: ${text}`);
  if (third !== undefined && !isMode(third)) throw invalid(`bad mode specified: ${third}`);
  const secondIsMode = third === undefined && second !== undefined && isMode(second);
  const target = second === undefined || secondIsMode ? source : second;
  if (!posix.isAbsolute(target)) throw invalid(`${target} is not an absolute path`);
  return {
    PathOnHost: source,
    PathInContainer: posix.normalize(target),
    CgroupPermissions: third ?? (secondIsMode ? second : 'rwm'),
  };
}

/** Some of r, w and m, each once. */
function isMode(text: string): boolean {
  return /^[rwm]+$/.test(text) && new Set(text).size === text.length;
}
