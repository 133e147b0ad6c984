import { posix } from 'node:path';
import { invalid } from './invalid.ts';

const flags = new Set(
  'defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime nostrictatime'.split(
    ' ',
  ),
);
const settings = new Set(['mode', 'uid', 'gid', 'size', 'nr_inodes', 'nr_blocks', 'mpol']);

/** `--tmpfs /run` or `--tmpfs /run:rw,size=64m`. @throws UserError in docker's words */
export function parseTmpfs(text: string): [path: string, options: string] {
  const colon = text.indexOf(':');
  const path = colon < 0 ? text : text.slice(0, colon);
  const options = colon < 0 ? '' : text.slice(colon + 1);
  if (!posix.isAbsolute(path)) {
    throw invalid(`invalid mount config for type "tmpfs": invalid mount path: '${path}' mount path must be absolute`);
  }
  if (posix.normalize(path) === '/') throw invalid(`invalid mount config for type "tmpfs": destination can't be '/'`);
  for (const option of options === '' ? [] : options.split(',')) checkOption(option);
  return [path, options];
}

function checkOption(option: string): void {
  const equals = option.indexOf('=');
  const known = equals < 0 ? flags.has(option) : settings.has(option.slice(0, equals));
  if (!known) throw invalid(`invalid tmpfs option ${JSON.stringify(option)}`);
}
