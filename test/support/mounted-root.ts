// Mounts a container's root with a driver and runs a shell script in it: `mounted-root.ts DRIVER REQUEST SCRIPT`, in the user's
// namespace. Two scripts are its own: `describe` prints every file as JSON, `unmount` how many mounts are left after unmounting twice.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DriverName, driverNames, layerDriver } from '../../src/store/drivers/index.ts';

const [wanted = '', request = '{}', script = ''] = process.argv.slice(2);
const driver = layerDriver(driverNames.find((name): name is DriverName => name === wanted) ?? 'vfs');
const { layers, storage, disposable } = JSON.parse(request);
const mounted = await driver.mount({ layers, storage, disposable });

if (script === 'describe') {
  run([process.execPath, join(import.meta.dirname, 'describe-tree.ts'), mounted.root]);
} else if (script !== 'unmount') {
  run(['sh', '-ec', script]);
}
await mounted.unmount();
await mounted.unmount();
if (script === 'unmount') process.stdout.write(`${readFileSync('/proc/self/mountinfo', 'utf8').split(mounted.root).length - 1}`);

function run([file = '', ...args]: readonly string[]): void {
  execFileSync(file, args, { cwd: mounted.root, stdio: 'inherit' });
}
