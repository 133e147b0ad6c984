import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../../src/core/paths.ts';
import { type IdMaps, idMaps, spawnInUserNamespace } from '../../src/rootless/index.ts';
import { removeTrees } from '../../src/worker/index.ts';
import { becomeTestUser } from './become-user.ts';

export interface WorkerHome {
  readonly home: string;
  readonly deps: { readonly paths: Paths; readonly maps: IdMaps; readonly env: Readonly<Record<string, string>> };
  /** Runs a program as root of the user's namespace; answers its output, throws when it fails. */
  inNamespace(argv: readonly string[], input?: Buffer): Promise<string>;
  remove(): Promise<void>;
}

/** A fresh store of the unprivileged user, who this process is from then on. */
export function openWorkerHome(): WorkerHome {
  const { uid, gid } = becomeTestUser();
  const home = mkdtempSync('/tmp/tsd-');
  const paths: Paths = { root: join(home, 'root'), run: join(home, 'run'), config: join(home, 'config'), cache: join(home, 'cache') };
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const deps = { paths, maps: idMaps(uid, gid), env };
  return {
    home,
    deps,
    inNamespace: (argv, input) => runInNamespace(deps, argv, input),
    remove: () => removeTrees(deps, [home]),
  };
}

async function runInNamespace(deps: WorkerHome['deps'], argv: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<string> {
  const stdio = ['pipe', 'pipe', 'pipe'] as const;
  const { child, control } = await spawnInUserNamespace(deps.paths.run, deps.maps, { argv, stdio, env: deps.env, cgroupNamespace: false });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout?.on('data', chunk => output.push(chunk));
  child.stderr?.on('data', chunk => errors.push(chunk));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const code = await new Promise(resolve => child.once('close', resolve));
  control.destroy();
  if (code !== 0) throw new Error(`${argv[0]} ended with ${code}: ${Buffer.concat([...output, ...errors])}`);
  return Buffer.concat(output).toString();
}
