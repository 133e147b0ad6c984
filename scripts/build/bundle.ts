import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { BuildInfo } from '../../src/core/build-info.ts';

export type Role = 'cli' | 'monitor' | 'worker';
export const roles: readonly Role[] = ['cli', 'monitor', 'worker'];

/**
 * Bundles src/main.ts for one role into one script, `(function (require) {…})`, without the other roles' code. Modules behind
 * `import()` are in it, yet run only when they are first imported. Licenses of what is bundled come as `licenses`.
 */
export async function bundleRole(root: string, role: Role): Promise<{ script: string; licenses: string }> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile: `dist/${role}.js`,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    // The bootstrap's script has no loader of its own: built-in modules come through require.
    supported: { 'dynamic-import': false },
    minify: true,
    keepNames: false,
    minifyIdentifiers: false,
    legalComments: 'external',
    define: { TSDOCKER_BUILD: JSON.stringify(buildInfo(root)), 'import.meta.url': 'globalThis.tsdockerUrl' },
    banner: { js: '(function (require) {' },
    footer: { js: '})' },
    plugins: [onlyRole(role)],
    logLevel: 'warning',
  });
  const text = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: text('.js'), licenses: text('.LEGAL.txt') };
}

/** Leaves out what main.ts would load for the other roles. */
function onlyRole(role: Role): Plugin {
  return {
    name: 'only-role',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/(cli|monitor|worker)\/index\.ts$/ }, ({ path, importer }) =>
        importer.endsWith('/src/main.ts') && path !== `./${role}/index.ts` ? { path, external: true } : undefined,
      );
    },
  };
}

const sources = ['src', 'scripts/build', 'scripts/build.ts', 'package.json', 'package-lock.json'];

/** What the binary says of itself. The commit is the last one that changed what it is made from: others need no new build. */
export function buildInfo(root: string): BuildInfo {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', `safe.directory=${root}`, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const dirty = git('status', '--porcelain', '--untracked-files=no', '--', ...sources) === '' ? '' : '-dirty';
    return {
      version,
      gitCommit: git('log', '-1', '--format=%h', '--', ...sources) + dirty,
      built: git('log', '-1', '--format=%cI', '--', ...sources),
    };
  } catch {
    return { version, gitCommit: 'unknown', built: '' };
  }
}
