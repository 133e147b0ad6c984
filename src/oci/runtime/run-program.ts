import { spawn } from 'node:child_process';
import type { Stdio } from './types.ts';

export interface ProgramResult {
  /** null: ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const outputLimit = 64 * 1024;

/** Runs to the end with its output caught, up to 64 KiB of each stream. */
export function runProgram(path: string, args: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, outputLimit);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, outputLimit);
    });
    child.on('error', reject);
    child.on('close', exitCode => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs to the end with the caller's own descriptors: these live on in what it starts, so only its exit is awaited. */
export function runWithStdio(path: string, args: readonly string[], stdio: readonly [Stdio, Stdio, Stdio]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: [...stdio] });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
