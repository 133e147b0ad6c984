import { invalid } from '../../args/invalid.ts';
import { defineCommand } from '../../define-command.ts';
import { containerFacts } from './container-facts.ts';

export const port = defineCommand({
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  describe: 'List port mappings or a specific mapping for the container',
  words: { min: 1, max: 2, kind: 'running-container' },
  options: {},
  async run(context, { words: [ref, wanted] }) {
    const { NetworkSettings } = await containerFacts((await context.engine()).containers, ref);
    const lines = wanted === undefined ? allPorts(NetworkSettings.Ports ?? {}) : onePort(NetworkSettings.Ports ?? {}, wanted, ref);
    for (const line of lines) context.out.line(line);
  },
});

type Ports = Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;

function allPorts(ports: Ports): string[] {
  const byNumber = Object.entries(ports).sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return byNumber.flatMap(([inside, outside]) => (outside ?? []).map(binding => `${inside} -> ${address(binding)}`));
}

function onePort(ports: Ports, wanted: string, ref: string): string[] {
  const [number = '', protocol = 'tcp'] = wanted.split('/');
  if (!/^\d{1,5}$/.test(number) || Number(number) > 65535) throw invalid(`invalid port: ${wanted}`);
  const key = `${Number(number)}/${protocol}`;
  const bindings = Object.hasOwn(ports, key) ? ports[key] : undefined;
  if (!bindings || bindings.length === 0) throw invalid(`no public port '${key}' published for ${ref}`);
  return bindings.map(address);
}

function address({ HostIp, HostPort }: { HostIp: string; HostPort: string }): string {
  return HostIp.includes(':') ? `[${HostIp}]:${HostPort}` : `${HostIp}:${HostPort}`;
}
