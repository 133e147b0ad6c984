import { Socket } from 'node:net';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { becomeSubreaper } from '../linux/children.ts';
import { type MonitorConnection, monitorConnection } from './connection.ts';
import { fail, greet } from './requests.ts';
import { mountOwnCgroupView } from './rootfs/cgroup-view.ts';
import { MonitorSetup } from './setup.ts';
import { type StartOrder, superviseContainer } from './supervise.ts';

/** The `__monitor` role: waits on descriptor 3 to be told its container, then stays with it until it has ended for good. */
export async function runMonitor(argv: readonly string[]): Promise<number> {
  const setup = v.parse(MonitorSetup, JSON.parse(argv[0] ?? ''));
  becomeSubreaper();
  if (setup.cgroups.kind === 'none' && setup.cgroups.version === 1) mountOwnCgroupView();
  const creator = monitorConnection(new Socket({ fd: 3, readable: true, writable: true }));
  const start = await firstOrder(creator);
  if (!start) return 0;
  try {
    await superviseContainer(setup, creator, start);
    return 0;
  } catch (error) {
    fail(creator, error);
    return 1;
  }
}

/** null when the command that made us gave up before it had a container. */
function firstOrder(creator: MonitorConnection): Promise<StartOrder | null> {
  return new Promise(resolve => {
    creator.on('close', () => resolve(null));
    greet(creator, () => {
      creator.once('message', request => {
        if (request.op === 'start') resolve(request);
        else fail(creator, new UserError('invalid', 'PROTOCOL', `a monitor without a container does not take ${request.op}`));
      });
    });
  });
}
