import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { execa } from 'execa';
import { pack } from 'tar-stream';
import type { Testbed } from './binary.ts';

/** A root file system of busybox-static with every applet, and a user `app` (1000). */
export async function busyboxTar(): Promise<Buffer> {
  const busybox = ['/usr/bin/busybox', '/bin/busybox'].find(path => existsSync(path));
  if (!busybox) throw new Error('no busybox here; install busybox-static');
  const tar = pack();
  for (const name of ['bin', 'etc', 'root', 'home', 'home/app', 'var', 'usr']) tar.entry({ name, type: 'directory' });
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777 });
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync(busybox));
  const { stdout } = await execa(busybox, ['--list']);
  for (const applet of stdout.split('\n').filter(name => name !== 'busybox'))
    tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' });
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n');
  tar.entry({ name: 'etc/group' }, 'root:x:0:\napp:x:1000:\nextra:x:2000:app\n');
  tar.finalize();
  return await buffer(tar);
}

/** Makes the image `busybox` in a testbed's store. */
export async function importBusybox(bed: Testbed): Promise<void> {
  const { exitCode, stderr } = await bed.tsdocker(['import', '--change', 'CMD ["sh"]', '-', 'busybox'], { input: await busyboxTar() });
  if (exitCode !== 0) throw new Error(`import failed: ${stderr}`);
}

/** A small Debian as a tar, made once by mmdebstrap and kept; answers its path. */
export async function debianTar(suite = 'bookworm'): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsdocker-test');
  const path = join(folder, `debian-${suite}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const staged = `${path}.${process.pid}.tar`;
  await execa('mmdebstrap', ['--quiet', '--variant=minbase', suite, staged]);
  renameSync(staged, path);
  return path;
}
