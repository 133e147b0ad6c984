// Makes dist/tsdocker: the bundles, their code caches, then one executable. Does nothing when what it was made from is the same.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildInfo, bundleRole, roles } from './build/bundle.ts';
import { makeExecutable, nativeAddon, strippedNode } from './build/executable.ts';
import { warmCaches } from './build/warm-up.ts';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');
const output = join(dist, 'tsdocker');
const stamp = join(dist, 'tsdocker.made-from');

function fingerprint(): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${JSON.stringify(buildInfo(root))}\n`);
  for (const file of globSync(['src/**/*.{ts,tsx}', 'scripts/build.ts', 'scripts/build/*', 'package-lock.json'], { cwd: root }).sort())
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

async function buildAll(work: string): Promise<void> {
  const node = strippedNode(process.execPath, join(dist, '.cache'));
  const assets: Record<string, string> = { 'koffi.node': nativeAddon(root) };
  const licenses = new Set<string>();
  const scripts = { cli: '', monitor: '', worker: '' };
  for (const role of roles) {
    const bundle = await bundleRole(root, role);
    licenses.add(bundle.licenses);
    scripts[role] = bundle.script;
  }
  const caches = warmCaches(root, node, scripts);
  for (const role of roles) {
    for (const [name, content] of [
      [`${role}.js`, scripts[role]],
      [`${role}.cache`, caches[role]],
    ] as const) {
      assets[name] = join(work, name);
      writeFileSync(join(work, name), content);
    }
    console.log(
      `${role}: ${Math.round(scripts[role].length / 1024)} KiB of code, ${Math.round(caches[role].length / 1024)} KiB of it compiled`,
    );
  }
  const staged = join(work, 'tsdocker');
  await makeExecutable(join(import.meta.dirname, 'build/bootstrap.cjs'), assets, node, staged);
  execFileSync(staged, ['--version'], { env: {}, stdio: 'ignore' });
  writeFileSync(join(dist, 'LICENSES.txt'), [...licenses].join('\n'));
  renameSync(staged, output);
}

const made = fingerprint();
if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) {
  console.log('dist/tsdocker is up to date');
} else {
  mkdirSync(dist, { recursive: true });
  const work = mkdtempSync(join(dist, '.build-'));
  try {
    await buildAll(work);
  } finally {
    rmSync(work, { recursive: true });
  }
  writeFileSync(stamp, made);
  console.log('dist/tsdocker is built');
}
