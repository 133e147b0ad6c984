import type { Digest } from '../../core/digest.ts';
import { UserError } from '../../core/errors.ts';
import type { ProgressEvent, ProgressListener } from '../../core/events.ts';
import type { Descriptor } from '../../core/oci-image.ts';
import { openBlob, type Repository } from '../../registry/index.ts';
import { chainId } from '../../store/layers.ts';
import type { LayerSink, LayerWriter } from './pull-target.ts';

/** One layer to be brought in. */
export interface LayerPlan {
  readonly chainId: Digest;
  readonly parent: Digest | null;
  readonly diffId: Digest;
  readonly blob: Descriptor;
}

/** Docker's `max-concurrent-downloads`. */
const maxConcurrentDownloads = 3;
/** So that a quick line does not drown its listener. */
const progressIntervalMs = 100;

type LayerStatus = Extract<ProgressEvent, { type: 'pull.layer' }>['status'];

/** Pairs blobs with the config's diff ids; equal in number. Chain ids are those of the image-spec (config.md, Layer ChainID). */
export function planLayers(blobs: readonly Descriptor[], diffIds: readonly Digest[]): readonly LayerPlan[] {
  let parent: Digest | null = null;
  return blobs.flatMap((blob, index) => {
    const diffId = diffIds[index];
    if (diffId === undefined) return [];
    const id = chainId(parent, diffId);
    const plan: LayerPlan = { chainId: id, parent, diffId, blob };
    parent = id;
    return [plan];
  });
}

/**
 * Brings in all layers, three at a time. The first failure stops the others, and is thrown when they have let go.
 * Answers how many had to be downloaded.
 */
export async function pullLayers(
  repository: Repository,
  sink: LayerSink,
  plans: readonly LayerPlan[],
  signal: AbortSignal,
  progress: ProgressListener,
): Promise<number> {
  const missing = plans.filter(({ chainId }) => !sink.exists(chainId));
  for (const plan of plans) {
    if (missing.includes(plan)) report(progress, plan, 'waiting', 0);
    else report(progress, plan, 'exists', plan.blob.size);
  }
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const waiting = missing.values();
  let downloaded = 0;
  const puller = async () => {
    for (const plan of waiting) {
      stop.throwIfAborted();
      if (await pullLayer(repository, sink, plan, stop, progress)) downloaded++;
    }
  };
  const pullers = Array.from({ length: maxConcurrentDownloads }, () => puller().catch((error: unknown) => failure.abort(error)));
  await Promise.all(pullers);
  // Ctrl-C in a terminal ends the worker too: that is not what to tell.
  signal.throwIfAborted();
  stop.throwIfAborted();
  return downloaded;
}

async function pullLayer(
  repository: Repository,
  sink: LayerSink,
  plan: LayerPlan,
  signal: AbortSignal,
  progress: ProgressListener,
): Promise<boolean> {
  return sink.withLayer(plan.chainId, async writer => {
    if (writer === 'exists') {
      report(progress, plan, 'exists', plan.blob.size);
      return false;
    }
    try {
      await download(repository, writer, plan, signal, progress);
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    report(progress, plan, 'complete', plan.blob.size);
    return true;
  });
}

/** The blob goes straight from the line into the unpacker; only when both its digest and what came out are right is it published. */
async function download(
  repository: Repository,
  writer: LayerWriter,
  plan: LayerPlan,
  signal: AbortSignal,
  progress: ProgressListener,
): Promise<void> {
  signal.throwIfAborted();
  const blob = openBlob(repository, plan.blob, signal, layerProgress(plan, progress));
  const { diffId } = await unpackWhole(writer, blob);
  if (diffId !== plan.diffId)
    throw new UserError(
      'external',
      'DIFF_ID_MISMATCH',
      `layer ${plan.blob.digest} is not what its image says: its content is ${diffId}, not ${plan.diffId}`,
    );
  const { digest, size, mediaType } = plan.blob;
  await writer.publish({
    diffId,
    parent: plan.parent,
    blob: { digest, size, mediaType },
  });
}

/** Of two failures the line's comes first: a broken archive is often only the echo of a broken line. */
async function unpackWhole(writer: LayerWriter, blob: ReturnType<typeof openBlob>) {
  let blobError: unknown;
  const ended = new Promise<void>(resolve => blob.once('close', resolve));
  blob.once('error', error => {
    blobError = error;
  });
  try {
    const unpacked = await writer.unpack(blob);
    // What follows the archive's end belongs to the digest too.
    blob.resume();
    await ended;
    if (blobError !== undefined) throw blobError;
    return unpacked;
  } catch (error) {
    blob.destroy();
    await ended;
    throw blobError ?? error;
  }
}

function layerProgress(plan: LayerPlan, progress: ProgressListener) {
  let reportedAt = 0;
  let last = 0;
  return {
    received(done: number) {
      last = done;
      const now = performance.now();
      const whole = done === plan.blob.size;
      if (!whole && now - reportedAt < progressIntervalMs) return;
      reportedAt = now;
      report(progress, plan, whole ? 'extracting' : 'downloading', done);
    },
    retrying(why: string) {
      report(progress, plan, 'retrying', last, why);
    },
  };
}

function report(progress: ProgressListener, { blob }: LayerPlan, status: LayerStatus, done: number, detail?: string): void {
  progress({
    type: 'pull.layer',
    layer: blob.digest,
    status,
    done,
    total: blob.size,
    ...(detail !== undefined && { detail }),
  });
}
