import { isIP } from 'node:net';
import { invalid } from './invalid.ts';

/** `name:address` or `name=address`, also `name:host-gateway` and `name:[::1]`, as `name:address`. @throws UserError in docker's words */
export function parseAddHost(text: string): string {
  const separator = text.includes('=') ? '=' : ':';
  const at = text.indexOf(separator);
  const name = text.slice(0, Math.max(at, 0));
  // A name ends up as a word of /etc/hosts: space or a line's end would forge an entry.
  if (at <= 0 || name.includes(':') || /[\s\0#]/.test(name)) throw invalid(`bad format for add-host: ${JSON.stringify(text)}`);
  const given = text.slice(at + 1);
  const address = /^\[(.+)\]$/.exec(given)?.[1] ?? given;
  if (given !== 'host-gateway' && (isIP(address) === 0 || address.includes('%'))) {
    throw invalid(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  }
  return `${name}:${address}`;
}
