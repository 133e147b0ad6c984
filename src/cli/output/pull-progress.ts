import { shortId } from '../../core/digest.ts';
import type { ProgressEvent, ProgressListener } from '../../core/events.ts';
import { familiarReference, parseReference } from '../../core/reference.ts';
import { escapeControls } from './escape-controls.ts';
import { humanSize } from './human.ts';
import type { Output, OutputStream } from './output.ts';

export interface PullProgress {
  readonly listener: ProgressListener;
  /** Leaves the terminal as it should be; may be called twice. */
  end(): void;
}

export interface PullProgressOptions {
  readonly out: Output;
  readonly quiet: boolean;
  /** `run` and `create` pull beside the container's output: theirs goes to standard error. */
  readonly to: 'stdout' | 'stderr';
}

type LayerEvent = ProgressEvent & { type: 'pull.layer' };

/** Draws a pull: live lines on a terminal (ora), docker's plain lines elsewhere, warnings alone when quiet. */
export async function pullProgress({ out, quiet, to }: PullProgressOptions): Promise<PullProgress> {
  const stream = to === 'stdout' ? out.stdout : out.stderr;
  if (quiet) return { listener: event => event.type === 'warning' && warn(event, out), end: () => undefined };
  const live = stream.isTTY ? await liveLines(stream) : undefined;
  const seen = new Map<string, string>();
  const line = (text: string): void => {
    if (live) live.keep(text);
    else stream.write(`${escapeControls(text)}\n`);
  };
  return {
    listener(event) {
      if (event.type === 'warning') warn(event, out);
      else if (event.type === 'pull.start' || event.type === 'pull.done') {
        if (event.type === 'pull.done') live?.stop();
        for (const text of headAndTail(event)) line(text);
      } else if (event.type !== 'pull.layer') return;
      else if (live) live.layer(event);
      else if (seen.get(event.layer) !== event.status) {
        seen.set(event.layer, event.status);
        const text = statusText(event);
        if (text !== undefined) line(`${shortId(event.layer)}: ${text}`);
      }
    },
    end: () => live?.stop(),
  };
}

function warn({ message }: ProgressEvent & { type: 'warning' }, out: Output): void {
  out.error(`WARNING: ${message}`);
}

function headAndTail(event: ProgressEvent & { type: 'pull.start' | 'pull.done' }): string[] {
  const reference = parseReference(event.reference);
  if (event.type === 'pull.start') {
    const place = reference.domain === 'docker.io' ? reference.path : `${reference.domain}/${reference.path}`;
    return [`${reference.digest ?? reference.tag ?? 'latest'}: Pulling from ${place}`];
  }
  const news = event.upToDate ? 'Image is up to date for' : 'Downloaded newer image for';
  return [`Digest: ${event.digest}`, `Status: ${news} ${familiarReference(reference)}`];
}

/** Docker's words for a layer in a pipe; undefined for what it tells on terminals only. */
function statusText({ status, detail }: LayerEvent): string | undefined {
  switch (status) {
    case 'waiting':
      return 'Pulling fs layer';
    case 'exists':
      return 'Already exists';
    case 'retrying':
      return `Retrying${detail === undefined ? '' : ` (${detail})`}`;
    case 'extracting':
      return 'Download complete';
    case 'complete':
      return 'Pull complete';
    default:
      return undefined;
  }
}

interface LiveLines {
  /** A line that stays above the live ones. */
  keep(text: string): void;
  layer(event: LayerEvent): void;
  stop(): void;
}

async function liveLines(stream: OutputStream): Promise<LiveLines> {
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: stream as NodeJS.WriteStream, discardStdin: false, hideCursor: true });
  const layers = new Map<string, string>();
  const draw = (): void => {
    const rows = Math.max(1, (stream.rows ?? 24) - 2);
    const lines = [...layers].map(([layer, text]) => `${shortId(layer)}: ${text}`);
    const shown = lines.length > rows ? [...lines.slice(0, rows - 1), `… and ${lines.length - rows + 1} more`] : lines;
    spinner.text = shown.map(escapeControls).join('\n  ');
  };
  return {
    keep(text) {
      const wasSpinning = spinner.isSpinning;
      spinner.clear();
      stream.write(`${escapeControls(text)}\n`);
      if (wasSpinning) spinner.render();
    },
    layer(event) {
      layers.set(event.layer, liveText(event, stream.columns ?? 80));
      draw();
      if (!spinner.isSpinning) spinner.start();
    },
    stop() {
      if (!spinner.isSpinning) return;
      const last = [...layers].map(([layer, text]) => `${shortId(layer)}: ${text}\n`);
      spinner.stop();
      stream.write(escapeControls(last.join('')));
      layers.clear();
    },
  };
}

function liveText(event: LayerEvent, columns: number): string {
  const { status, done, total } = event;
  if (status !== 'downloading') return status === 'extracting' ? 'Extracting' : (statusText(event) ?? status);
  const size = `${humanSize(done)}/${humanSize(total)}`;
  const cells = Math.max(10, Math.min(50, columns - 50));
  const filled = Math.min(cells, Math.floor((done / Math.max(1, total)) * cells));
  return `Downloading [${`${'='.repeat(filled)}>`.padEnd(cells + 1)}] ${size}`;
}
