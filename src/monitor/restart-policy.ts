import type { RestartPolicy } from '../core/docker/config.ts';

const firstDelayMs = 100;
const longestDelayMs = 60_000;
/** A container that ran this long is taken to have started well. */
const settledMs = 10_000;

export interface Exit {
  readonly exitCode: number;
  readonly ranForMs: number;
  /** The user stopped or killed it: no policy starts it again. */
  readonly stoppedByUser: boolean;
}

export type RestartDecision = { readonly restart: false } | { readonly restart: true; readonly delayMs: number };

/** Docker's rules on when an ended container starts again, and after how long. Keeps no time itself. */
export class RestartRules {
  #policy: RestartPolicy;
  #restarts: number;
  #delayMs = 0;
  #isCancelled = false;

  /** `restarts`: how often the policy has started it before (state.json's restartCount). */
  constructor(policy: RestartPolicy, restarts = 0) {
    this.#policy = policy;
    this.#restarts = restarts;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** `update --restart`: holds from the next exit on. */
  setPolicy(policy: RestartPolicy): void {
    this.#policy = policy;
  }

  /** A manual stop: nothing restarts any more, also not what was decided already and waits for its delay. */
  cancel(): void {
    this.#isCancelled = true;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** A manual start takes back the cancel. */
  renew(): void {
    this.#isCancelled = false;
    this.#restarts = 0;
    this.#delayMs = 0;
  }

  onExit(exit: Exit): RestartDecision {
    if (this.#isCancelled || exit.stoppedByUser || !this.#allows(exit.exitCode)) return { restart: false };
    const previous = exit.ranForMs >= settledMs ? 0 : this.#delayMs;
    this.#delayMs = previous === 0 ? firstDelayMs : Math.min(previous * 2, longestDelayMs);
    this.#restarts++;
    return { restart: true, delayMs: this.#delayMs };
  }

  #allows(exitCode: number): boolean {
    const { Name, MaximumRetryCount } = this.#policy;
    switch (Name) {
      case 'no':
        return false;
      case 'always':
      case 'unless-stopped':
        return true;
      case 'on-failure':
        return exitCode !== 0 && (MaximumRetryCount === 0 || this.#restarts < MaximumRetryCount);
    }
  }
}
