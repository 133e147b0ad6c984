import { ignoreProgress, type ProgressEvent, type ProgressListener } from '../../../core/events.ts';
import type { Output } from '../../output/output.ts';

/**
 * Runs `work`, which may pull an image first, and shows that on standard error, as docker does: standard output belongs to the
 * container, or to its id.
 */
export async function creationProgress<T>(
  { quiet, pull }: { readonly quiet: boolean; readonly pull: string },
  out: Output,
  work: (listener: ProgressListener) => Promise<T>,
): Promise<T> {
  if (quiet) return await work(ignoreProgress);
  return await work(event => {
    const text = lineFor(event, pull);
    if (text !== undefined) out.error(text);
  });
}

function lineFor(event: ProgressEvent, pull: string): string | undefined {
  if (event.type === 'warning') return `WARNING: ${event.message}`;
  if (event.type === 'pull.start') return pull === 'missing' ? `Unable to find image '${event.reference}' locally` : undefined;
  if (event.type === 'pull.layer') return undefined;
  return `Digest: ${event.digest}\nStatus: ${event.upToDate ? 'Image is up to date' : 'Downloaded newer image'} for ${event.reference}`;
}
