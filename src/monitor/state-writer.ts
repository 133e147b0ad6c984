import type { ContainerRecord, ContainerState } from '../core/container.ts';
import type { Paths } from '../core/paths.ts';
import { writeState } from '../store/index.ts';
import { complain } from './monitor-log.ts';

/** Keeps what the monitor knows and what is on disk the same. */
export class StateWriter {
  readonly #paths: Paths;
  readonly #record: () => ContainerRecord;
  #state: ContainerState;

  constructor(paths: Paths, record: () => ContainerRecord, state: ContainerState) {
    this.#paths = paths;
    this.#record = record;
    this.#state = state;
  }

  get current(): ContainerState {
    return this.#state;
  }

  /** A full disk must not end a container: the state in memory holds, and the next change is written again. */
  update(change: Partial<ContainerState>): void {
    this.#state = { ...this.#state, ...change };
    try {
      writeState(this.#paths, this.#record(), this.#state);
    } catch (error) {
      complain('the state is not written', error);
    }
  }

  /** Fields that no longer hold are left out of the file. */
  drop(...fields: ('process' | 'monitor' | 'health' | 'cgroup')[]): void {
    const next = { ...this.#state };
    for (const field of fields) delete next[field];
    this.#state = next;
  }
}
