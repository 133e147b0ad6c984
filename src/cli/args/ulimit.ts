import type { Ulimit } from '../../core/docker/config.ts';
import { invalid } from './invalid.ts';

const names = new Set('core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '));

/** `nofile=1024:2048`, `core=0`, -1 for no limit. @throws UserError in go-units' words */
export function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf('=');
  if (equals < 0) throw invalid(`invalid ulimit argument: ${text}`);
  const name = text.slice(0, equals);
  if (!names.has(name)) throw invalid(`invalid ulimit type: ${name}`);
  const values = text.slice(equals + 1);
  const [softText = '', hardText, ...more] = values.split(':');
  if (more.length > 0) {
    throw invalid(`too many limit value arguments - ${values}, can only have up to two, \`soft[:hard]\``);
  }
  const soft = parseLimit(softText);
  const hard = hardText === undefined ? soft : parseLimit(hardText);
  checkOrder(soft, hard);
  return { Name: name, Soft: soft, Hard: hard };
}

function checkOrder(soft: number, hard: number): void {
  if (hard === -1) return;
  const rule = 'ulimit soft limit must be less than or equal to hard limit';
  if (soft === -1) throw invalid(`${rule}: soft: -1 (unlimited), hard: ${hard}`);
  if (soft > hard) throw invalid(`${rule}: ${soft} > ${hard}`);
}

function parseLimit(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}
