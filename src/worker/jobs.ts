import * as v from 'valibot';
import { ProcessIdentity } from '../core/container.ts';
import { DigestSchema } from '../core/oci-image.ts';

/** What a worker is asked to do, as its one argument; it does that and ends. */
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const UnpackJob = v.object({
  job: v.literal('unpack'),
  /** Absolute path of an empty folder. The archive comes on standard input. */
  folder: v.string(),
  /** Files can't be given to anybody: ownership is left out. */
  singleId: v.boolean(),
  maxBytes: count,
  maxEntries: count,
});
export type UnpackJob = v.InferOutput<typeof UnpackJob>;

export const Job = v.variant('job', [
  UnpackJob,
  v.object({ job: v.literal('kill'), process: ProcessIdentity }),
  v.object({ job: v.literal('tree-size'), path: v.string() }),
]);
export type Job = v.InferOutput<typeof Job>;

export const UnpackAnswer = v.object({ diffId: DigestSchema, size: count });
export type UnpackAnswer = v.InferOutput<typeof UnpackAnswer>;
export const SizeAnswer = v.object({ size: count });
export const NoAnswer = v.object({});

/** What a worker says at its end, as JSON on standard output: nothing comes before it, and nothing but the end of the stream after it. */
export const Outcome = v.variant('outcome', [
  v.object({ outcome: v.literal('done'), answer: v.unknown() }),
  v.object({
    outcome: v.literal('failed'),
    kind: v.picklist(['not-found', 'conflict', 'invalid', 'unsupported', 'unavailable', 'external']),
    code: v.string(),
    message: v.string(),
    hint: v.optional(v.string()),
  }),
]);
export type Outcome = v.InferOutput<typeof Outcome>;
