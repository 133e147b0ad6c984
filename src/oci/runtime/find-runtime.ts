import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { findProgram, isExecutable } from '../../linux/find-program.ts';
import { createDriver } from './driver.ts';
import { runProgram } from './run-program.ts';
import type { OciRuntime, RuntimeKind, RuntimePlace } from './types.ts';

/** By name or path, as `--runtime` has it; undefined: crun, else runc. Throws UserError when there is none, or one of another make. */
export async function findRuntime(name: string | undefined, place: RuntimePlace): Promise<OciRuntime> {
  const path = name ? locate(name) : (locate('crun') ?? locate('runc'));
  if (path === undefined) throw notFound(name);
  return createDriver(await kindOf(path), path, place);
}

function locate(name: string): string | undefined {
  if (name.startsWith('/')) return isExecutable(name) ? name : undefined;
  return name.includes('/') ? undefined : findProgram(name);
}

async function kindOf(path: string): Promise<RuntimeKind> {
  const name = basename(path);
  if (name === 'crun' || name === 'runc') return name;
  const { stdout } = await runProgram(path, ['--version']);
  const kind = /^(crun|runc) version/m.exec(stdout)?.[1];
  if (kind === 'crun' || kind === 'runc') return kind;
  throw new UserError('unsupported', 'RUNTIME_UNSUPPORTED', `'${path}' is neither crun nor runc`, { exitCode: 125 });
}

function notFound(name: string | undefined): UserError {
  const message = name ? `unknown or invalid runtime name: ${name}` : 'no OCI runtime found: neither crun nor runc is on PATH';
  return new UserError('unavailable', 'RUNTIME_NOT_FOUND', message, {
    hint: 'install the package crun (or runc), or name one with --runtime <path>',
    exitCode: 125,
  });
}
