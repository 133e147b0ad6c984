import type { ContainerSummary } from '../../../engine/types.ts';

type Port = ContainerSummary['Ports'][number];

interface Range {
  readonly ip: string;
  readonly type: string;
  readonly first: number;
  last: number;
}

/** The PORTS column: neighbouring ports as ranges, then the ones published under another number. */
export function displayPorts(ports: readonly Port[]): string {
  const ranges = new Map<string, Range>();
  const done: string[] = [];
  const mappings: string[] = [];
  for (const port of [...ports].sort(compare)) {
    const { IP = '', PrivatePort, PublicPort, Type } = port;
    if (IP !== '' && PublicPort !== PrivatePort) {
      mappings.push(`${hostPort(IP, String(PublicPort ?? 0))}->${PrivatePort}/${Type}`);
      continue;
    }
    const key = `${IP} ${Type}`;
    const range = ranges.get(key);
    if (range && PrivatePort === range.last + 1) {
      range.last = PrivatePort;
      continue;
    }
    if (range) done.push(rangeText(range));
    ranges.set(key, { ip: IP, type: Type, first: PrivatePort, last: PrivatePort });
  }
  return [...done, ...[...ranges.values()].map(rangeText), ...mappings].join(', ');
}

function rangeText({ ip, type, first, last }: Range): string {
  const numbers = first === last ? String(first) : `${first}-${last}`;
  return ip === '' ? `${numbers}/${type}` : `${hostPort(ip, numbers)}->${numbers}/${type}`;
}

function hostPort(ip: string, port: string): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function compare(a: Port, b: Port): number {
  if (a.PrivatePort !== b.PrivatePort) return a.PrivatePort - b.PrivatePort;
  if ((a.IP ?? '') !== (b.IP ?? '')) return (a.IP ?? '') < (b.IP ?? '') ? -1 : 1;
  if (a.PublicPort !== b.PublicPort) return (a.PublicPort ?? 0) - (b.PublicPort ?? 0);
  return a.Type < b.Type ? -1 : Number(a.Type > b.Type);
}
