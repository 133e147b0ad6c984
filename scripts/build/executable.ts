import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../src/core/errors.ts';

interface Target {
  readonly nodeRange: 'node26';
  readonly platform: 'linux';
  readonly arch: string;
  readonly output: string;
}
interface PkgOptions {
  readonly targets: readonly Target[];
  readonly nodePath: string;
  readonly seaConfig: object;
}
type BuildExecutable = (main: string, options: PkgOptions) => Promise<void>;

/**
 * Joins node, the bootstrap and the assets into one file, by pkg's single-executable mode. Its command line would fetch a node
 * from the internet; the function behind it takes the one that npm brought.
 */
export async function makeExecutable(main: string, assets: Readonly<Record<string, string>>, node: string, output: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const { default: makeSea }: { default: BuildExecutable } = require('pkg/lib-es5/sea');
  await makeSea(main, {
    targets: [{ nodeRange: 'node26', platform: 'linux', arch: process.arch, output }],
    nodePath: node,
    // NODE_OPTIONS is meant for the user's own node programs, and could load foreign code into ours. Node looks for its own --env-file
    // among all words up to the first `--`, also among those for us.
    seaConfig: { disableExperimentalSEAWarning: true, useCodeCache: true, execArgv: ['--'], execArgvExtension: 'none', assets },
  });
  chmodSync(output, 0o755);
}

/** Node without its symbol tables: a quarter smaller, and a sixth less time to start. Kept in `cache`, since it takes a second. */
export function strippedNode(node: string, cache: string): string {
  const { size, mtimeMs } = statSync(node);
  const stripped = join(cache, `node-${size}-${Math.floor(mtimeMs)}`);
  if (existsSync(stripped)) return stripped;
  mkdirSync(dirname(stripped), { recursive: true });
  const staged = `${stripped}.${process.pid}`;
  try {
    execFileSync('strip', ['--strip-all', '-o', staged, node], { stdio: 'inherit' });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    console.error('build: no `strip` (package binutils) here: the binary will be 33 MB larger and start slower');
    return node;
  }
  renameSync(staged, stripped);
  return stripped;
}

/** The native addon that the executable carries for this processor. */
export function nativeAddon(root: string): string {
  return join(root, `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`);
}
