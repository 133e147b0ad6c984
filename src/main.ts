import { basename } from 'node:path';
import type { CliIo } from './cli/index.ts';

/** The processes that this program starts of itself; each has a hidden first word and code of its own. */
const roles: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  __monitor: async argv => (await import('./monitor/index.ts')).runMonitor(argv),
  __worker: async argv => (await import('./worker/index.ts')).runWorker(argv),
};

async function main(): Promise<number> {
  const [first = '', ...rest] = process.argv.slice(2);
  const role = roles[first];
  if (role) return await role(rest);
  const { runCli } = await import('./cli/index.ts');
  return await runCli(process.argv.slice(2), processIo());
}

/** Streams are getters: looking at one of process's opens it. */
function processIo(): CliIo {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    env: process.env,
    get cwd() {
      return process.cwd();
    },
    uid: process.getuid?.() ?? 0,
    programName: basename(process.argv0) === 'docker' ? 'docker' : 'tsdocker',
  };
}

/** Exits at once, whatever timer or socket is still open, but only after the last byte is written. */
async function exit(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0 && !stream.destroyed) await new Promise(written => stream.write('', written));
  }
  process.exit(code);
}

main().then(exit, (error: unknown) => {
  process.stderr.write(`tsdocker: this is a bug in tsdocker: ${error instanceof Error ? error.stack : String(error)}\n`);
  return exit(125);
});
