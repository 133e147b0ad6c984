import type { Digest } from './digest.ts';

/** What a long-running verb reports while it works; the skins draw it (ora, plain lines, JSON). */
export type ProgressEvent =
  /** An image is not here, and about to be asked of its registry. */
  | { type: 'image.missing'; reference: string }
  | { type: 'pull.start'; reference: string; domain: string }
  | {
      type: 'pull.layer';
      layer: Digest;
      status: 'waiting' | 'exists' | 'downloading' | 'extracting' | 'retrying' | 'complete';
      done: number;
      total: number;
      detail?: string;
    }
  | { type: 'pull.done'; reference: string; digest: Digest; upToDate: boolean }
  | { type: 'warning'; message: string };

export type ProgressListener = (event: ProgressEvent) => void;

export const ignoreProgress: ProgressListener = () => {};
