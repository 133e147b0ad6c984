import type { ProgressListener } from '../../../core/events.ts';
import { familiarReference, parseReference } from '../../../core/reference.ts';
import type { Output } from '../../output/output.ts';

/**
 * Runs `work`, which may pull an image first, and shows that on standard error, as docker does: standard output belongs to the
 * container, or to its id.
 */
export async function creationProgress<T>(
  { quiet }: { readonly quiet: boolean },
  out: Output,
  work: (listener: ProgressListener) => Promise<T>,
): Promise<T> {
  const { pullProgress } = await import('../../output/pull-progress.ts');
  const progress = await pullProgress({ out, quiet, to: 'stderr' });
  try {
    return await work(event => {
      if (event.type === 'image.missing' && !quiet) {
        out.error(`Unable to find image '${familiarReference(parseReference(event.reference))}' locally`);
      }
      progress.listener(event);
    });
  } finally {
    progress.end();
  }
}
