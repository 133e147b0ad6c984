import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import type { Paths } from '../../core/paths.ts';
import { type IdMaps, spawnInUserNamespace } from '../../rootless/index.ts';
import { readRecord, writeRecord } from '../records.ts';
import type { DriverName } from './driver.ts';

/** `driver.json`: what was found to work here, asked again when the kernel changes. */
const DriverRecord = v.object({ version: v.literal(1), driver: v.picklist(['overlay', 'fuse-overlayfs', 'vfs']), kernel: v.string() });

export interface DriverQuestion {
  readonly paths: Paths;
  readonly maps: IdMaps;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The driver for new containers where none is named: overlayfs if a mount really works, with a whiteout made in it, else fuse-overlayfs.
 * @throws UserError `NO_STORAGE_DRIVER`
 */
export async function chooseDriver(question: DriverQuestion): Promise<DriverName> {
  const path = join(question.paths.root, 'driver.json');
  const known = readKnown(path);
  if (known?.kernel === release()) return known.driver;
  const driver = await firstThatMounts(question);
  writeRecord(path, { version: 1, driver, kernel: release() } satisfies v.InferOutput<typeof DriverRecord>, { durable: false });
  return driver;
}

function readKnown(path: string): v.InferOutput<typeof DriverRecord> | undefined {
  try {
    return readRecord(path, DriverRecord);
  } catch (error) {
    // Missing or damaged: finding out again costs one mount.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const probes: readonly { driver: DriverName; mount: string }[] = [
  { driver: 'overlay', mount: 'mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w,userxattr m' },
  { driver: 'fuse-overlayfs', mount: 'fuse-overlayfs -o lowerdir=l,upperdir=u,workdir=w m' },
];

async function firstThatMounts(question: DriverQuestion): Promise<DriverName> {
  for (const { driver, mount } of probes) if (await works(question, mount)) return driver;
  throw new UserError('unsupported', 'NO_STORAGE_DRIVER', 'neither overlayfs nor fuse-overlayfs can be mounted here', {
    hint: 'sudo apt-get install fuse-overlayfs, or copy files instead: tsdocker --storage-driver vfs …',
  });
}

/** Mounts in the store itself: whether it works depends on the file system that it lies on. */
async function works({ paths, maps, env }: DriverQuestion, mount: string): Promise<boolean> {
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(paths.root, '.probe-'));
  try {
    for (const name of ['l', 'u', 'w', 'm']) mkdirSync(join(folder, name));
    const script = `cd "$1" && touch l/f && ${mount} && rm m/f && test -c u/f; code=$?; umount -l m; cd / && rm -rf "$1"; exit $code`;
    const argv = ['sh', '-c', script, 'sh', folder];
    const { child, control } = await spawnInUserNamespace(paths.run, maps, {
      argv,
      stdio: ['ignore', 'ignore', 'ignore'],
      env,
      cgroupNamespace: false,
    });
    const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
    control.destroy();
    return code === 0;
  } finally {
    // The script has removed it, unless it never ran: overlayfs leaves a folder behind that only root of U may open.
    rmSync(folder, { recursive: true, force: true });
  }
}
