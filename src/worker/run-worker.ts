import { writeSync } from 'node:fs';
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { Job, type Outcome } from './jobs.ts';

const STDOUT = 1;

/** The `__worker` role: does the one job it was started for. Anything it throws is a bug, and shows as one. */
export async function runWorker(argv: readonly string[]): Promise<number> {
  if (argv[0] === undefined) return 2;
  const outcome = await attempt(v.parse(Job, JSON.parse(argv[0])));
  report(outcome);
  return outcome.outcome === 'done' ? 0 : 1;
}

async function attempt(job: Job): Promise<Outcome> {
  try {
    return { outcome: 'done', answer: await carryOut(job) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { kind, code, message, hint } = error;
    return { outcome: 'failed', kind, code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

async function carryOut(job: Job): Promise<object> {
  switch (job.job) {
    case 'unpack':
      return (await import('./unpack/unpack.ts')).unpackLayer(job);
    case 'kill':
      return (await import('./kill.ts')).kill(job.process);
    case 'tree-size':
      return (await import('./tree-size.ts')).measureTree(job.path);
  }
}

function report(outcome: Outcome): void {
  const bytes = Buffer.from(JSON.stringify(outcome));
  for (let done = 0; done < bytes.length; ) done += writeSync(STDOUT, bytes, done);
}
