import { UserError } from '../core/errors.ts';
import { findProgram } from '../linux/find-program.ts';
import type { NetworkDriver } from './driver.ts';
import { pastaDriver } from './drivers/pasta.ts';
import { slirp4netnsDriver } from './drivers/slirp4netns.ts';

export type { NetworkAddresses, NetworkAttachment, NetworkDriver } from './driver.ts';

const makers = { pasta: pastaDriver, slirp4netns: slirp4netnsDriver } as const;

/**
 * The driver for docker's `--network` word: none for `none`, `host` and `container:…`; pasta, else slirp4netns, where no one is named.
 * @throws UserError `NETWORK_PROGRAM_MISSING`
 */
export function networkDriver(mode: string): NetworkDriver | null {
  if (mode === 'none' || mode === 'host' || mode.startsWith('container:')) return null;
  const wanted = mode === 'pasta' || mode === 'slirp4netns' ? ([mode] as const) : (['pasta', 'slirp4netns'] as const);
  for (const name of wanted) {
    const program = findProgram(name);
    if (program) return makers[name](program);
  }
  throw new UserError(
    'external',
    'NETWORK_PROGRAM_MISSING',
    `${wanted.join(' or ')} is needed for a container's network and is not installed`,
    {
      hint: wanted[0] === 'pasta' ? 'sudo apt-get install passt (or run with --network none)' : 'sudo apt-get install slirp4netns',
    },
  );
}
