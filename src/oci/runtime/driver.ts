import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { errnoOf, UserError } from '../../core/errors.ts';
import { specText } from '../spec/spec-text.ts';
import { globalArguments, launchArguments } from './arguments.ts';
import { classifyFailure } from './failure.ts';
import { lastMessage } from './log.ts';
import { type ProgramResult, runProgram, runWithStdio } from './run-program.ts';
import type { ExecOptions, LaunchOptions, OciRuntime, RuntimeKind, RuntimePlace, RuntimeState } from './types.ts';

const State = v.object({ status: v.picklist(['creating', 'created', 'running', 'paused', 'stopped']), pid: v.optional(v.number(), 0) });
const Command = v.object({ process: v.object({ args: v.array(v.string()) }) });

/** One driver for both runtimes: `arguments.ts` has what differs. */
export function createDriver(kind: RuntimeKind, path: string, place: RuntimePlace): OciRuntime {
  const call = (verb: string, ...rest: string[]): Promise<ProgramResult> =>
    runProgram(path, [...globalArguments(kind, place), verb, ...rest]);
  const must = async (verb: string, ...rest: string[]): Promise<void> => {
    const result = await call(verb, ...rest);
    if (result.exitCode !== 0) throw classifyFailure(lastMessage(result.stderr), undefined);
  };
  const launch = async (verb: string[], options: LaunchOptions, last: string[], program: string | undefined): Promise<number> => {
    const logFile = `${options.pidFile}.log`;
    await mkdir(place.root, { recursive: true, mode: 0o700 });
    await rm(logFile, { force: true });
    const args = [...globalArguments(kind, place, logFile), ...verb, ...launchArguments(options), ...last];
    const exitCode = await runWithStdio(path, args, options.stdio);
    if (exitCode !== 0) throw classifyFailure(lastMessage(await textOf(logFile)), program, verb[0] === 'exec' ? 'exec' : 'create');
    return Number(await readFile(options.pidFile, 'utf8'));
  };
  return {
    kind,
    path,
    version: async () => /version (\S+)/.exec((await runProgram(path, ['--version'])).stdout)?.[1] ?? 'unknown',
    create: async options => launch(['create', '--bundle', options.bundle], options, [options.id], await programOf(options.bundle)),
    run: async options => launch(['run', '--detach', '--bundle', options.bundle], options, [options.id], await programOf(options.bundle)),
    exec: async (options: ExecOptions) => {
      const file = `${options.pidFile}.json`;
      await writeFile(file, specText(options.process), { mode: 0o600 });
      try {
        return await launch(['exec', '--detach', '--process', file], options, [options.id], options.process.args[0]);
      } finally {
        await rm(file, { force: true });
      }
    },
    start: id => must('start', id),
    kill: (id, signal) => must('kill', id, signal),
    pause: async id => {
      if (place.cgroup.kind === 'none') throw cannotFreeze();
      await must('pause', id);
    },
    resume: id => must('resume', id),
    delete: async (id, options = {}) => must('delete', ...(options.force ? ['--force'] : []), id),
    state: async id => readState(await call('state', id)),
  };
}

function cannotFreeze(): UserError {
  return new UserError('unsupported', 'PAUSE_NEEDS_CGROUP', 'a container can only be paused where it has a cgroup of its own', {
    hint: 'start it where cgroups are delegated to you: systemd-run --user --scope tsdocker run …',
  });
}

function readState(result: ProgramResult): RuntimeState | undefined {
  if (result.exitCode === 0) return v.parse(State, JSON.parse(result.stdout));
  if (/does not exist|no such file/i.test(result.stderr)) return undefined;
  throw classifyFailure(lastMessage(result.stderr), undefined);
}

async function programOf(bundle: string): Promise<string | undefined> {
  return v.parse(Command, JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))).process.args[0];
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
