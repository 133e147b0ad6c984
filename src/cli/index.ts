import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { EngineSettings } from '../engine/configuration.ts';
import type { Engine } from '../engine/types.ts';
import { findCommand, isNoun } from './command-table.ts';
import type { Command, Context } from './define-command.ts';
import { type Globals, globalFlags, unsupportedGlobals } from './globals.ts';
import { makeOutput, type Output, type OutputStream } from './output/output.ts';
import { reportError } from './output/report-error.ts';
import { normalize } from './parse/normalize.ts';
import { parseCommandLine } from './parse/parse-command-line.ts';

/** The process's side of the world, given by main.ts and by tests. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly uid: number;
  /** How the user calls this program: `tsdocker`, or `docker` where that is a link to it. */
  readonly programName?: string;
  openEngine?(settings: EngineSettings): Promise<Engine>;
}

/** Runs one command line (without node and script); answers the exit code. Prints every failure itself and never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const out = makeOutput(io.stdout, io.stderr);
  const interrupt = new AbortController();
  const closed = whenReaderLeaves(io.stdout, interrupt);
  const programName = io.programName ?? 'tsdocker';
  const report = { programName, debug: false };
  const running = (async () => {
    try {
      const line = readGlobals(argv, io, programName);
      report.debug = line.globals.debug;
      return await dispatch(line, io, out, interrupt.signal);
    } catch (error) {
      return reportError(error, out, report);
    }
  })();
  return await Promise.race([running, closed]);
}

/** `tsdocker ps | head -1`: when the reader leaves, end quietly, with the code a shell gives for SIGPIPE. */
function whenReaderLeaves(stdout: OutputStream, interrupt: AbortController): Promise<number> {
  return new Promise((done, fail) => {
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      interrupt.abort();
      if (error.code === 'EPIPE') done(141);
      else fail(error);
    });
  });
}

interface Line {
  readonly globals: Globals;
  readonly words: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

function readGlobals(argv: readonly string[], io: CliIo, programName: string): Line {
  const { flags, words, help } = normalize(argv, {
    options: globalFlags,
    unsupported: unsupportedGlobals,
    stopAtFirstWord: true,
    path: programName,
  });
  const all = (name: keyof typeof globalFlags): string[] => flags.filter(([given]) => given === name).map(([, value]) => value);
  const last = (name: keyof typeof globalFlags): string | undefined => all(name).at(-1);
  const root = last('root');
  const home = io.env.HOME || userInfo().homedir;
  const given = {
    root: root === undefined ? undefined : resolve(io.cwd, root),
    storageDriver: last('storage-driver'),
    runtime: last('runtime'),
    logLevel: last('log-level'),
  };
  const globals: Globals = {
    debug: last('debug') === 'true',
    programName,
    dockerConfig: last('config') || io.env.DOCKER_CONFIG || join(home, '.docker'),
    engine: {
      ...withoutUndefined(given),
      storageOpts: all('storage-opt'),
      insecureRegistries: all('insecure-registry'),
    },
  };
  const asksHelp = words[0] === 'help';
  return { globals, words: asksHelp ? words.slice(1) : words, help: help || asksHelp, version: last('version') === 'true' };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function dispatch(line: Line, io: CliIo, out: Output, signal: AbortSignal): Promise<number> {
  const { globals, words } = line;
  if (line.version) {
    const { versionLine } = await import('../engine/system/version.ts');
    out.line(versionLine(globals.programName));
    return 0;
  }
  const found = findWords(words);
  if (!found) return await explain(line, out);
  const path = `${globals.programName} ${found.name}`;
  const command = await found.load();
  const parsed = line.help ? ({ help: true } as const) : parseCommandLine(command, path, found.rest);
  if (parsed.help) return await helpFor(command, path, found.names, out);
  const context: Context = {
    engine: onlyOnce(() => openEngine(globals, io)),
    out,
    stdin: io.stdin,
    signal,
    globals,
    env: io.env,
    cwd: io.cwd,
  };
  return (await command.run(context, parsed.args)) ?? 0;
}

function findWords(words: readonly string[]) {
  const [first = '', second = ''] = words;
  const noun = isNoun(first);
  const name = noun ? `${first} ${second}` : first;
  const entry = findCommand(name);
  return (
    entry && {
      name,
      names: entry.names,
      load: entry.load,
      rest: words.slice(noun ? 2 : 1),
    }
  );
}

async function helpFor(command: Command, path: string, names: readonly string[], out: Output): Promise<number> {
  const { commandHelp } = await import('./help/command-help.ts');
  out.write(await commandHelp(command, path, names, out.stdout.columns));
  return 0;
}

/** No command was found: help where it was asked for, else what is wrong with the word. */
async function explain(line: Line, out: Output): Promise<number> {
  const { explainWords } = await import('./help/explain-words.ts');
  return await explainWords(line.words, line.help, line.globals, out);
}

function onlyOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function openEngine(globals: Globals, io: CliIo): Promise<Engine> {
  const { loadSettings } = await import('../engine/configuration.ts');
  const settings = await loadSettings({
    env: io.env,
    uid: io.uid,
    home: io.env.HOME || userInfo().homedir,
    flags: globals.engine,
    dockerConfig: globals.dockerConfig,
  });
  if (io.openEngine) return await io.openEngine(settings);
  const { openEngine: open } = await import('../engine/index.ts');
  return await open(settings);
}
