import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Role, roles } from './bundle.ts';
import { nativeAddon } from './executable.ts';

/** An unprivileged user that every machine has: root's builds are warmed as this one, since the program refuses to run as root. */
const NOBODY = 65534;

/**
 * Command lines whose code is to be ready at start. Where this machine can't run containers (no runtime, no user namespaces), those that
 * need one fail early, and the code they did not reach is compiled when it is first called.
 */
const commandLines: readonly (readonly string[])[] = [
  ['run', '--rm', '--network', 'none', 'warm', 'true'],
  ['run', '-d', '--name', 'warm', '--network', 'none', 'warm', 'sleep', '60'],
  ['exec', 'warm', 'true'],
  ['exec', '-i', 'warm', 'true'],
  ['ps', '-a'],
  ['logs', 'warm'],
  ['inspect', 'warm'],
  ['rm', '-f', 'warm'],
  ['images'],
  ['run', '--rm', '-i', 'warm', 'true'],
  // Last: files of subordinate users can only be removed by the program itself.
  ['rmi', '-f', 'warm'],
];

/** Runs the bundles with each command line and answers each role's code cache. */
export function warmCaches(root: string, node: string, scripts: Readonly<Record<Role, string>>): Record<Role, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'tsdocker-warm-'));
  try {
    prepare(root, node, folder, scripts);
    const run = runner(folder);
    run(['import', '-', 'warm'], imageTar(folder));
    for (const line of commandLines) run(line);
    return { cli: readCache(folder, 'cli'), monitor: readCache(folder, 'monitor'), worker: readCache(folder, 'worker') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(root: string, node: string, folder: string, scripts: Readonly<Record<Role, string>>): void {
  chmodSync(folder, 0o755);
  copyFileSync(node, join(folder, 'node'));
  copyFileSync(join(import.meta.dirname, 'warm.cjs'), join(folder, 'main.ts'));
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  for (const role of roles) writeFileSync(join(folder, `${role}.js`), scripts[role]);
  const addon = join(folder, 'node_modules/@koromix', `koffi-linux-${process.arch}`, `linux_${process.arch}`);
  mkdirSync(addon, { recursive: true });
  copyFileSync(nativeAddon(root), join(addon, 'koffi.node'));
  for (const name of ['caches', 'home', 'run']) {
    mkdirSync(join(folder, name), { mode: 0o700 });
    if (process.getuid?.() === 0) chownSync(join(folder, name), NOBODY, NOBODY);
  }
}

function runner(folder: string): (words: readonly string[], input?: Buffer) => void {
  const unprivileged = process.getuid?.() === 0 ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'] : [];
  const [file = '', ...args] = [...unprivileged, join(folder, 'node'), join(folder, 'main.ts')];
  const env = { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'run'), PATH: process.env.PATH ?? '' };
  return (words, input) => {
    try {
      execFileSync(file, [...args, ...words], { env, cwd: '/', input: input ?? '', stdio: ['pipe', 'ignore', 'ignore'], timeout: 30_000 });
    } catch {
      // What counts is the code that ran.
    }
  };
}

/** busybox where it is, and links to it: enough for `true` and `sleep`. */
function imageTar(folder: string): Buffer {
  const rootfs = join(folder, 'rootfs');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  if (existsSync('/bin/busybox')) {
    copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
    for (const name of ['true', 'sleep']) symlinkSync('busybox', join(rootfs, 'bin', name));
  }
  return execFileSync('tar', ['-C', rootfs, '--owner=0', '--group=0', '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
}

function readCache(folder: string, role: Role): Buffer {
  const path = join(folder, 'caches', `${role}.cache`);
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
