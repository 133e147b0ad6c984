import type { ContainerState } from '../../core/container.ts';

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

/** docker's go-units `HumanDuration`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
