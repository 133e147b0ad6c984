import { reap } from '../linux/children.ts';

/**
 * Waits for processes that this one has inherited as subreaper. Node's own children are left to Node.
 */
export class ChildExits {
  readonly #waiting = new Map<number, (exitCode: number) => void>();
  readonly #onSignal = () => this.#sweep();

  constructor() {
    process.on('SIGCHLD', this.#onSignal);
  }

  /**
   * Resolves with the exit code (128 + n for a signal). Also when the process has ended before this call: a zombie keeps its status.
   */
  exitOf(pid: number): Promise<number> {
    return new Promise(resolve => {
      this.#waiting.set(pid, resolve);
      this.#sweep();
    });
  }

  close(): void {
    process.off('SIGCHLD', this.#onSignal);
  }

  /** Signals of one kind are not queued: each may stand for several ended children. */
  #sweep(): void {
    for (const [pid, resolve] of this.#waiting) {
      const result = reap(pid);
      if (result.state === 'running') continue;
      this.#waiting.delete(pid);
      resolve(result.state === 'exited' ? result.exitCode : UNKNOWN_EXIT_CODE);
    }
  }
}

/** Docker's code for a container whose end nobody saw. */
export const UNKNOWN_EXIT_CODE = 255;
