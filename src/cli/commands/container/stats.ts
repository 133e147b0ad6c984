import type { StatsSample } from '../../../engine/types.ts';
import { defineCommand } from '../../define-command.ts';
import { binarySize, humanSize } from '../../output/human.ts';
import { type ListStyle, printList, type Row } from '../../output/list.ts';
import type { Output } from '../../output/output.ts';
import { isTerminalOutput } from '../../terminal/terminal-stream.ts';

export const stats = defineCommand({
  usage: '[OPTIONS] [CONTAINER...]',
  describe: 'Display a live stream of container(s) resource usage statistics',
  words: { min: 0, kind: 'running-container' },
  options: {
    all: { type: 'boolean', alias: 'a', describe: 'Show all containers (default shows just running)' },
    format: { type: 'string', describe: 'Format output using a custom template: "table", "table TEMPLATE", "json" or a Go template' },
    'no-stream': { type: 'boolean', describe: 'Disable streaming stats and only pull the first result' },
    'no-trunc': { type: 'boolean', describe: 'Do not truncate output' },
  },
  async run({ engine, out }, args) {
    const { containers } = await engine();
    const stream = !args['no-stream'];
    for await (const samples of containers.stats(args.words, { all: args.all, stream })) {
      const rows = samples.map(sample => statsRow(sample, !args['no-trunc']));
      if (stream && isTerminalOutput(out.stdout)) redraw(rows, args.format, out);
      else printList(rows, style(args.format), out);
      if (!stream) break;
    }
  },
});

/** Draws over the last picture, line by line, so that nothing flickers. */
function redraw(rows: readonly Row[], format: string | undefined, out: Output): void {
  const parts: string[] = [];
  printList(rows, style(format), { ...out, write: part => void parts.push(part) });
  out.write(`\x1b[H${parts.join('').replaceAll('\n', '\x1b[K\n')}\x1b[J`);
}

function style(format: string | undefined): ListStyle {
  return {
    format,
    defaultTable: '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}',
    headings: {
      Container: 'CONTAINER',
      ID: 'CONTAINER ID',
      Name: 'NAME',
      CPUPerc: 'CPU %',
      MemUsage: 'MEM USAGE / LIMIT',
      MemPerc: 'MEM %',
      NetIO: 'NET I/O',
      BlockIO: 'BLOCK I/O',
      PIDs: 'PIDS',
    },
    typeName: '*container.statsContext',
  };
}

function statsRow(sample: StatsSample, truncate: boolean): Row {
  const id = truncate ? sample.id.slice(0, 12) : sample.id;
  return {
    Container: id,
    ID: id,
    Name: sample.name,
    CPUPerc: percent(sample.cpuPercent),
    MemUsage: pair(sample.memoryUsage, sample.memoryLimit, binarySize),
    MemPerc: percent((sample.memoryUsage / sample.memoryLimit) * 100),
    NetIO: pair(sample.networkRx, sample.networkTx, humanSize),
    BlockIO: pair(sample.blockRead, sample.blockWrite, humanSize),
    PIDs: known(sample.pids) ? String(sample.pids) : '--',
  };
}

function percent(value: number): string {
  return known(value) ? `${value.toFixed(2)}%` : '--';
}

function pair(first: number, second: number, text: (bytes: number) => string): string {
  return [first, second].map(bytes => (known(bytes) ? text(bytes) : '--')).join(' / ');
}

function known(value: number): boolean {
  return Number.isFinite(value);
}
