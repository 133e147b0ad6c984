import type { ContainerConfig, Healthcheck } from '../../core/docker/config.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageRunConfig } from '../../core/oci-image.ts';

type Given = Partial<ContainerConfig> & { readonly Image: string };

/**
 * What the container runs with: the user's word first, then the image's, then docker's default; maps are joined, as moby's
 * `runconfig.Merge` does.
 * @throws UserError `NO_COMMAND`
 */
export function applyImageDefaults(given: Given, image: ImageRunConfig, id: string): ContainerConfig {
  const { entrypoint, cmd } = commandOf(given, image);
  const healthcheck = mergeHealthcheck(given.Healthcheck, image.Healthcheck ?? undefined);
  const stopSignal = given.StopSignal ?? image.StopSignal ?? undefined;
  const ports = { ...image.ExposedPorts, ...given.ExposedPorts };
  const shell = given.Shell ?? image.Shell ?? undefined;
  return {
    Hostname: given.Hostname || id.slice(0, 12),
    Domainname: given.Domainname ?? '',
    User: given.User || image.User || '',
    AttachStdin: given.AttachStdin ?? false,
    AttachStdout: given.AttachStdout ?? false,
    AttachStderr: given.AttachStderr ?? false,
    ...(Object.keys(ports).length > 0 ? { ExposedPorts: ports } : {}),
    Tty: given.Tty ?? false,
    OpenStdin: given.OpenStdin ?? false,
    StdinOnce: given.StdinOnce ?? false,
    Env: mergeEnv(image.Env ?? [], given.Env ?? []),
    Cmd: cmd,
    ...(healthcheck ? { Healthcheck: healthcheck } : {}),
    Image: given.Image,
    Volumes: image.Volumes || given.Volumes ? { ...image.Volumes, ...given.Volumes } : null,
    WorkingDir: given.WorkingDir || image.WorkingDir || '',
    Entrypoint: entrypoint,
    Labels: { ...image.Labels, ...given.Labels },
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
    ...(given.StopTimeout === undefined ? {} : { StopTimeout: given.StopTimeout }),
    ...(shell ? { Shell: shell } : {}),
  };
}

/** An entrypoint of the user's takes the image's command away too; `--entrypoint ''` (one empty word) takes both away. */
function commandOf(given: Given, image: ImageRunConfig): { entrypoint: string[] | null; cmd: string[] | null } {
  const own = given.Entrypoint ?? null;
  const reset = own !== null && own.length === 1 && own[0] === '';
  const entrypoint = reset ? null : (own ?? emptyToNull(image.Entrypoint));
  const command = emptyToNull(given.Cmd);
  const cmd = command ?? (own === null ? emptyToNull(image.Cmd) : null);
  if (entrypoint === null && cmd === null) {
    throw new UserError('invalid', 'NO_COMMAND', `no command specified: the image ${given.Image} has none of its own`, {
      hint: `name one after the image: tsdocker run ${given.Image} COMMAND`,
    });
  }
  return { entrypoint, cmd };
}

function emptyToNull(list: readonly string[] | null | undefined): string[] | null {
  return list && list.length > 0 ? [...list] : null;
}

/** The image's variables in their order, with the user's values in place; then the user's others. */
export function mergeEnv(image: readonly string[], given: readonly string[]): string[] {
  const merged = new Map<string, string>();
  for (const entry of [...image, ...given]) merged.set(entry.split('=', 1)[0] ?? entry, entry);
  return [...merged.values()].filter(entry => entry.includes('='));
}

/** Field by field: zero and missing mean «the image's». */
function mergeHealthcheck(given: Healthcheck | undefined, image: Healthcheck | undefined): Healthcheck | undefined {
  if (!given || !image) return given ?? image;
  const merged: Healthcheck = { ...image };
  if (given.Test && given.Test.length > 0) merged.Test = given.Test;
  for (const key of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'] as const) {
    const value = given[key];
    if (value) merged[key] = value;
  }
  return merged;
}
