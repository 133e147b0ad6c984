import { closeSync, existsSync, openSync, watch } from 'node:fs';
import { join } from 'node:path';
import { MountFlag, mount, unmountLazily } from '../../linux/mount.ts';
import type { NetworkAddresses, NetworkDriver, NetworkTarget } from '../driver.ts';
import { startHelper } from '../helper-process.ts';
import { sharesUserNamespace } from '../user-namespace.ts';

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
      const doors = { net: pin(target, 'net'), ...(sharesUserNamespace(target.pid) ? {} : { user: pin(target, 'user') }) };
      try {
        const helper = await startHelper(pastaArgs(program, doors, pidFile), () => fileAppears(target.dir, pidFile));
        return { detach: helper.end };
      } finally {
        for (const door of Object.values(doors)) unmountLazily(door);
      }
    },
  };
}

/**
 * A namespace of the container as a plain path. pasta gives up its capabilities before it opens namespaces, and may then not look into
 * /proc/<init>/ns, since init is not dumpable; a bind mount of it, in this process's own mount namespace, takes no such right.
 */
function pin(target: NetworkTarget, name: 'user' | 'net'): string {
  const path = join(target.dir, `${name}ns`);
  closeSync(openSync(path, 'w'));
  mount({ source: `/proc/${target.pid}/ns/${name}`, target: path, type: '', flags: MountFlag.bind });
  return path;
}

function pastaArgs(program: string, doors: { user?: string; net: string }, pidFile: string): string[] {
  const { address, prefixLength, gateway, nameserver } = addresses;
  const network = ['--config-net', '-a', address, '-n', String(prefixLength), '-g', gateway, '-I', 'eth0', '--dns-forward', nameserver];
  const noPorts = ['-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none', '--no-map-gw'];
  const process = ['--foreground', '--quiet', '--stderr', '--runas', '0:0', '--pid', pidFile];
  const user = doors.user === undefined ? ['--netns-only'] : ['--userns', doors.user];
  return [program, ...process, ...network, ...noPorts, '--ipv4-only', ...user, '--netns', doors.net];
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
