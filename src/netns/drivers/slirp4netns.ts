import { once } from 'node:events';
import type { NetworkAddresses, NetworkDriver } from '../driver.ts';
import { startHelper } from '../helper-process.ts';
import { sharesUserNamespace } from '../user-namespace.ts';

/** The program's own defaults (slirp4netns(1)). */
const addresses: NetworkAddresses = { address: '10.0.2.100', prefixLength: 24, gateway: '10.0.2.2', nameserver: '10.0.2.3' };

export function slirp4netnsDriver(program: string): NetworkDriver {
  return {
    name: 'slirp4netns',
    addresses,
    attach: async ({ pid }) => {
      const user = sharesUserNamespace(pid) ? [] : [`--userns-path=/proc/${pid}/ns/user`];
      const options = ['--configure', '--mtu=65520', '--disable-host-loopback', '--ready-fd=3', ...user];
      const helper = await startHelper([program, ...options, String(pid), 'eth0'], async child => {
        const ready = child.stdio[3];
        if (ready) await once(ready, 'data');
      });
      return { detach: helper.end };
    },
  };
}
