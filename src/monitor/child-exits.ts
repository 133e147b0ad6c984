import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { endedChild, reap } from '../linux/children.ts';

export interface Adopted {
  readonly pid: number;
  /** Resolves with the exit code (128 + n for a signal) once the process has been reaped. */
  readonly exited: Promise<number>;
}

/** Node's channel of every child process object that is made. */
const CHANNEL = 'child_process';

/**
 * Waits for the processes that this one inherits as subreaper, and reaps all of them: an orphan left as a zombie within a container's pid
 * namespace would keep the container's init from ending. Those that Node spawned are left to Node.
 */
export class ChildExits {
  readonly #adopted = new Map<number, (exitCode: number) => void>();
  readonly #spawned = new Set<ChildProcess>();
  readonly #sweep = () => {
    this.#reapAdopted();
    if (this.#launches === 0) this.#reapOrphans();
  };
  readonly #onSpawn = (message: unknown) => {
    const child = (message as { process: ChildProcess }).process;
    this.#spawned.add(child);
    const forget = () => {
      this.#spawned.delete(child);
      this.#sweep();
    };
    child.once('exit', forget).once('error', forget);
  };
  #launches = 0;

  constructor() {
    subscribe(CHANNEL, this.#onSpawn);
    process.on('SIGCHLD', this.#sweep);
  }

  /**
   * Waits for the process that `launch` makes and leaves to us. Until it answers with a pid nobody knows which orphan is the one, so
   * meanwhile none is reaped: a zombie keeps its status.
   */
  async adopt(launch: () => Promise<number>): Promise<Adopted> {
    this.#launches++;
    try {
      const pid = await launch();
      return { pid, exited: new Promise(resolve => this.#adopted.set(pid, resolve)) };
    } finally {
      this.#launches--;
      this.#sweep();
    }
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onSpawn);
    process.off('SIGCHLD', this.#sweep);
  }

  /** Signals of one kind are not queued: each may stand for several ended children. */
  #reapAdopted(): void {
    for (const pid of this.#adopted.keys()) this.#reapOne(pid);
  }

  /**
   * One that ends between the two looks is met here first, and its status must not be lost. Where the kernel shows a child of Node's first,
   * Node's own turn comes first too, and the sweep after it sees the next.
   */
  #reapOrphans(): void {
    for (let pid = endedChild(); pid !== undefined && !this.#isNodes(pid); pid = endedChild()) this.#reapOne(pid);
  }

  #reapOne(pid: number): void {
    const result = reap(pid);
    const resolve = this.#adopted.get(pid);
    if (!resolve || result.state === 'running') return;
    // Not ours yet: the runtime's own process whose child it is ends a moment later, and we are signalled when it becomes ours.
    if (result.state === 'unknown' && existsSync(`/proc/${pid}`)) return;
    this.#adopted.delete(pid);
    resolve(result.state === 'exited' ? result.exitCode : UNKNOWN_EXIT_CODE);
  }

  #isNodes(pid: number): boolean {
    for (const child of this.#spawned) if (child.pid === pid) return true;
    return false;
  }
}

/** Docker's code for a container whose end nobody saw. */
export const UNKNOWN_EXIT_CODE = 255;
