import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { NetworkAddresses, NetworkDriver, NetworkTarget } from '../driver.ts';
import { startHelper } from '../helper-process.ts';

const addresses: NetworkAddresses = { address: '172.17.0.2', prefixLength: 16, gateway: '172.17.0.1', nameserver: '172.17.0.1' };

/**
 * passt's pasta: translates between a tap device in the namespace and the user's own sockets. Names asked of the gateway go to the host's
 * resolver; nothing else there reaches the host's loopback (`--no-map-gw`).
 */
export function pastaDriver(program: string): NetworkDriver {
  return {
    name: 'pasta',
    addresses,
    attach: async target => {
      const pidFile = join(target.dir, 'pasta.pid');
      const helper = await startHelper(pastaArgs(program, target, pidFile), () => fileAppears(target.dir, pidFile));
      return { detach: helper.end };
    },
  };
}

function pastaArgs(program: string, target: NetworkTarget, pidFile: string): string[] {
  const { address, prefixLength, gateway, nameserver } = addresses;
  const network = ['--config-net', '-a', address, '-n', String(prefixLength), '-g', gateway, '-I', 'eth0', '--dns-forward', nameserver];
  const noPorts = ['-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none', '--no-map-gw'];
  const process = ['--foreground', '--quiet', '--stderr', '--runas', '0:0', '--pid', pidFile];
  return [program, ...process, ...network, ...noPorts, '--ipv4-only', String(target.pid)];
}

/** pasta writes its pid file when it serves; its background mode, which would tell too, forks away from our death signal. */
function fileAppears(folder: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, () => {
      if (existsSync(path)) done();
    });
    const done = () => {
      watcher.close();
      resolve();
    };
    watcher.once('error', reject);
    watcher.unref();
    if (existsSync(path)) done();
  });
}
