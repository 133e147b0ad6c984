import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerRecord } from '../../core/container.ts';
import type { NetworkAddresses } from '../../netns/index.ts';

export interface EtcFiles {
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
}

/** Writes the three files that every container gets over its own, and answers their paths. */
export function writeEtcFiles(dir: string, record: ContainerRecord, addresses: NetworkAddresses | null): EtcFiles {
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  const paths = { hosts: join(dir, 'hosts'), hostname: join(dir, 'hostname'), resolvConf: join(dir, 'resolv.conf') };
  writeFileSync(paths.hosts, hostsText(record, addresses), { mode: 0o644 });
  writeFileSync(paths.hostname, `${record.config.Hostname}\n`, { mode: 0o644 });
  writeFileSync(paths.resolvConf, resolvConfText(record, addresses), { mode: 0o644 });
  return paths;
}

const localHosts = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

function hostsText(record: ContainerRecord, addresses: NetworkAddresses | null): string {
  const { config, hostConfig } = record;
  const base = hostConfig.NetworkMode === 'host' ? readHostFile('/etc/hosts') : localHosts;
  const extra = hostConfig.ExtraHosts.map(entry => {
    const colon = entry.indexOf(':');
    return `${entry.slice(colon + 1)}\t${entry.slice(0, colon)}\n`;
  });
  return base + extra.join('') + (addresses ? `${addresses.address}\t${ownNames(config)}\n` : '');
}

function ownNames(config: ContainerRecord['config']): string {
  return config.Domainname ? `${config.Hostname}.${config.Domainname} ${config.Hostname}` : config.Hostname;
}

/** The host's own file where the host's network is used or none is; else the network's name server with the host's search list. */
function resolvConfText(record: ContainerRecord, addresses: NetworkAddresses | null): string {
  const { Dns, DnsSearch, DnsOptions } = record.hostConfig;
  const host = readHostFile('/etc/resolv.conf').split('\n');
  const lineOf = (word: string) => host.filter(line => line.startsWith(`${word} `));
  const servers =
    Dns.length > 0 ? Dns.map(server => `nameserver ${server}`) : addresses ? [`nameserver ${addresses.nameserver}`] : lineOf('nameserver');
  const search = DnsSearch.length > 0 ? searchLine(DnsSearch) : lineOf('search');
  const options = DnsOptions.length > 0 ? [`options ${DnsOptions.join(' ')}`] : lineOf('options');
  return [...servers, ...search, ...options, ''].join('\n');
}

/** `--dns-search .` means none at all. */
function searchLine(domains: readonly string[]): string[] {
  return domains.length === 1 && domains[0] === '.' ? [] : [`search ${domains.join(' ')}`];
}

function readHostFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A host without it has no names to hand on.
    return '';
  }
}
