import type { ContainerState } from '../../core/container.ts';
import { humanDuration } from '../../core/human-duration.ts';

/** The STATUS column of `ps`: `Up 2 minutes (healthy)`, `Exited (0) 3 hours ago` (moby's `State.String`). */
export function statusText(state: ContainerState, now: Date): string {
  switch (state.status) {
    case 'running':
      return `Up ${since(state.startedAt, now)}${healthText(state)}`;
    case 'paused':
      return `Up ${since(state.startedAt, now)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt, now)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finishedAt, now)} ago`;
  }
}

function healthText(state: ContainerState): string {
  if (!state.health) return '';
  return state.health.status === 'starting' ? ' (health: starting)' : ` (${state.health.status})`;
}

function since(time: string | undefined, now: Date): string {
  return humanDuration(time === undefined ? 0 : now.getTime() - Date.parse(time));
}
