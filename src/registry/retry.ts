import { setTimeout as sleep } from 'node:timers/promises';
import { ExchangeFailure } from './failure.ts';
import type { Limits } from './options.ts';

/** Pause before try number `attempt` + 1 (the first is 1): doubling, with jitter, and the server's wish within our bound. */
export function backoffMs(attempt: number, failure: ExchangeFailure, limits: Limits): number {
  const own = limits.backoffMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
  return Math.min(Math.max(own, failure.retryAfterMs ?? 0), limits.maxBackoffMs);
}

/** Waits out the pause after a failed try; rejects at once when `signal` fires. */
export async function pauseAfter(attempt: number, failure: ExchangeFailure, limits: Limits, signal: AbortSignal): Promise<void> {
  await sleep(backoffMs(attempt, failure, limits), undefined, { signal });
}

/** Calls `work` until it succeeds, fails for good, or `limits.attempts` are used up; then the last failure is thrown. */
export async function withRetries<T>(work: () => Promise<T>, limits: Limits, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ExchangeFailure) || error.lasting) throw error;
      if (attempt >= limits.attempts) throw error;
      await pauseAfter(attempt, error, limits, signal);
    }
  }
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; undefined for anything else. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
