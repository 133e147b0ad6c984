import { basename } from 'node:path';
import { execa } from 'execa';
import { findProgram, isExecutable } from '../../linux/find-program.ts';

export interface FoundRuntime {
  readonly name: string;
  readonly path: string;
  /** Empty where the program doesn't tell. */
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The OCI runtimes on this machine, the one that containers get first. `wanted` is a name on PATH or a path. */
export async function findRuntimes(wanted: string | undefined, env: Environment): Promise<readonly FoundRuntime[]> {
  const names = [...new Set([...(wanted === undefined ? [] : [wanted]), 'crun', 'runc'])];
  const paths = names.flatMap(name => locate(name, env) ?? []);
  return await Promise.all([...new Set(paths)].map(async path => ({ name: basename(path), path, version: await versionOf(path) })));
}

function locate(name: string, { PATH = '' }: Environment): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  return findProgram(name, PATH);
}

/** `crun version 1.8.1`, `runc version 1.1.5+ds1`: the last word of the first line. */
async function versionOf(path: string): Promise<string> {
  const { stdout, failed } = await execa(path, ['--version'], { reject: false, timeout: 5000, stdin: 'ignore' });
  return failed ? '' : (/^\S+ version (\S+)/.exec(stdout)?.[1] ?? '');
}
