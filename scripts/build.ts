// Makes dist/tsdocker: the bundles, their code caches, then one executable. Does nothing when what it was made from is the same.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildInfo, bundleRole, roles } from './build/bundle.ts';
import { makeExecutable, nativeAddon, strippedNode, warmUp } from './build/executable.ts';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');
const output = join(dist, 'tsdocker');
const stamp = join(dist, 'tsdocker.made-from');

/** Command lines whose code is to be ready at start, cheapest first; none of them needs a container or leaves anything. */
const warmUps = {
  cli: [
    ['--version'],
    ['run', '--help'],
    ['ps', '-a'],
    ['images'],
    ['exec', 'none', 'true'],
    ['run', '--rm', '--pull', 'never', '--network', 'none', 'none', 'true'],
  ],
  monitor: [['__monitor']],
  worker: [['__worker']],
} as const;

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
  for (const role of roles) {
    const bundle = await bundleRole(root, role);
    licenses.add(bundle.licenses);
    const script = join(work, `${role}.js`);
    const cache = join(work, `${role}.cache`);
    writeFileSync(script, bundle.script);
    warmUp(node, script, cache, role, warmUps[role]);
    Object.assign(assets, { [`${role}.js`]: script, [`${role}.cache`]: cache });
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
