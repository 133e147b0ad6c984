import { invalid } from './invalid.ts';

const kernelKeys = new Set('msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced'.split(' ').map(name => `kernel.${name}`));
const prefixes = ['net.', 'fs.mqueue.'];

/** `--sysctl net.core.somaxconn=1024`: only what the kernel keeps per namespace. @throws UserError in docker's words */
export function parseSysctl(text: string): [key: string, value: string] {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  const known = kernelKeys.has(key) || prefixes.some(prefix => key.startsWith(prefix) && key !== prefix);
  if (equals <= 0 || !known || /[/\s\0]|\.\./.test(key)) throw invalid(`sysctl '${text}' is not allowed`);
  return [key, text.slice(equals + 1)];
}
