import { once } from 'node:events';
import type { LogEntry, LogOptions } from '../../../engine/types.ts';
import { parseTimeBound } from '../../args/time-bound.ts';
import { defineCommand } from '../../define-command.ts';
import type { Output } from '../../output/output.ts';

export const logs = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  describe: 'Fetch the logs of a container',
  words: { min: 1, max: 1, kind: 'container' },
  options: {
    details: { type: 'boolean', describe: 'Show extra details provided to logs' },
    follow: { type: 'boolean', alias: 'f', describe: 'Follow log output' },
    since: { type: 'string', describe: 'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)' },
    tail: { type: 'string', alias: 'n', default: 'all', describe: 'Number of lines to show from the end of the logs' },
    timestamps: { type: 'boolean', alias: 't', describe: 'Show timestamps' },
    until: {
      type: 'string',
      describe: 'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    },
  },
  async run(context, args) {
    const options = logOptions(args, new Date());
    const { containers } = await context.engine();
    for await (const entry of containers.logs(args.words[0], options)) await print(entry, args, context.out);
  },
});

interface LogArgs {
  readonly follow: boolean;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly tail: string;
}

function logOptions(args: LogArgs, now: Date): LogOptions {
  const tail = tailLines(args.tail);
  return {
    follow: args.follow,
    stdout: true,
    stderr: true,
    ...(args.since ? { since: parseTimeBound('since', args.since, now) } : {}),
    ...(args.until ? { until: parseTimeBound('until', args.until, now) } : {}),
    ...(tail === undefined ? {} : { tail }),
  };
}

/** As in docker, what is no number means all. */
function tailLines(text: string): number | undefined {
  return /^\+?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

async function print(entry: LogEntry, args: { timestamps: boolean; details: boolean }, out: Output): Promise<void> {
  const time = args.timestamps ? `${entry.time} ` : '';
  const details = args.details ? `${attributes(entry.attrs)} ` : '';
  const target = entry.stream === 'stderr' ? out.stderr : out.stdout;
  const prefix = time + details;
  const bytes = prefix === '' ? entry.line : Buffer.concat([Buffer.from(prefix), entry.line]);
  if (!target.write(bytes)) await once(target, 'drain');
}

function attributes(attrs: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join(',');
}
