import { UserError } from '../../core/errors.ts';
import type { TopResult } from '../types.ts';
import type { ContainerDeps } from './deps.ts';
import { findContainer } from './find.ts';
import { monitorOf, notRunning } from './monitor-of.ts';

/** The container's processes as the host's `ps` shows them; docker's default columns are those of `ps -ef`. */
export async function topContainer(deps: ContainerDeps, ref: string, psArgs: readonly string[]): Promise<TopResult> {
  const container = await findContainer(deps, ref);
  if (container.state.status !== 'running' && container.state.status !== 'paused')
    throw notRunning(container.record.id, container.record.name);
  const pids = await (await monitorOf(container)).pids();
  const lines = await processLines(psArgs.length > 0 ? psArgs : ['-ef'], pids);
  return selectProcesses(lines, new Set(pids));
}

/** The title line tells which column is the pid; the last column may have spaces. @throws UserError `PS_WITHOUT_PID` */
export function selectProcesses(lines: readonly string[], pids: ReadonlySet<number>): TopResult {
  const [titleLine = '', ...rows] = lines;
  const titles = titleLine.trim().split(/\s+/);
  const pidColumn = titles.indexOf('PID');
  if (pidColumn < 0)
    throw new UserError('invalid', 'PS_WITHOUT_PID', "Couldn't find PID field in ps output", {
      hint: 'add pid to the columns: tsdocker top NAME -o pid,comm',
    });
  const processes = rows.map(row => splitRow(row, titles.length)).filter(fields => pids.has(Number(fields[pidColumn])));
  return { Titles: titles, Processes: processes };
}

function splitRow(row: string, columns: number): string[] {
  const fields = row.trim().split(/\s+/);
  return fields.length <= columns ? fields : [...fields.slice(0, columns - 1), fields.slice(columns - 1).join(' ')];
}

/** Some options of ps, such as `f`, can't be used together with a list of processes. */
async function processLines(args: readonly string[], pids: readonly number[]): Promise<string[]> {
  try {
    return await psLines([...args, `-q${pids.join(',')}`]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await psLines(args);
  }
}

async function psLines(args: readonly string[]): Promise<string[]> {
  const { execa } = await import('execa');
  const result = await execa('ps', args, { reject: false, stdin: 'ignore' });
  if (result.failed) {
    throw new UserError('invalid', 'PS_FAILED', `ps: ${String(result.stderr || result.shortMessage).split('\n')[0]}`, {
      hint: 'ps on this machine takes its own options: man ps',
    });
  }
  return result.stdout.split('\n').filter(Boolean);
}
