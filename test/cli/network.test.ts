import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { type ContainerBed, openContainerBed, patient } from '../support/container-bed.ts';

let bed: ContainerBed;
let server: Server;
let loopbackOnly: Server;
/** What a container reaches of this host is its outward address. */
const address = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

before(async () => {
  bed = await openContainerBed();
  server = await listen(address ?? '127.0.0.1');
  loopbackOnly = await listen('127.0.0.1');
});
after(async () => {
  server.close();
  loopbackOnly.close();
  await bed.close();
});

function listen(host: string): Promise<Server> {
  const made = createServer((request, response) => response.end(`served ${request.url}`));
  return new Promise(resolve => made.listen(0, host, () => resolve(made)));
}

const portOf = (of: Server): number => (of.address() as AddressInfo).port;
/** `timeout` is another applet than wget's own -T, which crashes in some builds of busybox. */
const ask = (host: string, port: number) => `timeout 10 wget -q -O - http://${host}:${port}/page`;
const outward = address === undefined ? { skip: 'this host has no address but its loopback' } : {};

for (const flags of [[], ['--network', 'bridge'], ['--network', 'pasta'], ['--network', 'slirp4netns'], ['--network', 'host']]) {
  test(`a container ${flags.length > 0 ? `with ${flags.join(' ')}` : 'by default'} reaches a server outside`, outward, async () => {
    assert.equal(await bed.says('run', '--rm', ...flags, 'busybox', 'sh', '-c', ask(address ?? '', portOf(server))), 'served /page');
  });
}

for (const network of ['pasta', 'slirp4netns'] as const) {
  test(`with ${network} a container has an interface and a route of its own, and its name in /etc/hosts`, async () => {
    const script =
      'ip -o -4 addr show eth0 | grep -o "inet [0-9.]*"; ip route | cut -d " " -f 1 | sort | head -1; grep -c box /etc/hosts; hostname';
    const [inet = '', ...rest] = (await bed.says('run', '--rm', '-h', 'box', '--network', network, 'busybox', 'sh', '-c', script)).split(
      '\n',
    );
    assert.match(inet, network === 'pasta' ? /^inet 172\.17\.0\.2$/ : /^inet 10\.0\.2\.100$/);
    assert.match(rest.join('\n'), /^\S+\n1\nbox$/);
  });

  test(`with ${network} what listens on the host’s loopback is out of reach`, async () => {
    const gateway = network === 'pasta' ? '172.17.0.1' : '10.0.2.2';
    for (const host of [gateway, '127.0.0.1']) {
      const script = `timeout 2 wget -q -O - http://${host}:${portOf(loopbackOnly)}/page 2> /dev/null; true`;
      assert.equal(await bed.says('run', '--rm', '--network', network, 'busybox', 'sh', '-c', script), '', host);
    }
  });
}

test('--network none has a loopback interface and nothing else', async () => {
  assert.equal(
    await bed.says(
      'run',
      '--rm',
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      'ls /sys/class/net; ip -o addr show lo | grep -c "inet 127.0.0.1"',
    ),
    'lo\n1',
  );
});

test('a container that shares another’s network sees its server on the loopback', async () => {
  await bed.ok([
    'run',
    '-d',
    '--name',
    'served',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'echo served > /page; exec httpd -f -p 8080 -h /',
  ]);
  const script = `until ${ask('127.0.0.1', 8080)} 2> /dev/null; do sleep 0.05; done`;
  assert.equal(await bed.says('run', '--rm', '--network', 'container:served', 'busybox', 'sh', '-c', script), 'served');
  await bed.ok(['rm', '-f', 'served']);
});

test('sharing the network of a container that does not run is refused', async () => {
  await bed.ok(['create', '--name', 'still', 'busybox', 'true']);
  await bed.refuses(['run', '--rm', '--network', 'container:still', 'busybox', 'true'], 125, /cannot join .* of a non running container/);
  await bed.ok(['rm', 'still']);
});

test('the network goes on across a restart', outward, async () => {
  await bed.ok(['run', '-d', '--name', 'again', 'busybox', 'sh', '-c', patient]);
  await bed.ok(['restart', '-t', '1', 'again']);
  assert.equal(await bed.says('exec', 'again', 'sh', '-c', ask(address ?? '', portOf(server))), 'served /page');
  await bed.ok(['rm', '-f', 'again']);
});
