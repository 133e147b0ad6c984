import type { ImageRecord } from '../../core/image.ts';
import type { ImageConfig, ImageRunConfig } from '../../core/oci-image.ts';
import type { Paths } from '../../core/paths.ts';
import { familiarReference, parseNamed } from '../../core/reference.ts';
import { readImageConfig, requireImage } from '../../store/images.ts';
import { layerDiffPath } from '../../store/layers.ts';

/** Docker's `GET /images/{name}/json`. @throws UserError `IMAGE_NOT_FOUND`, `IMAGE_DAMAGED` */
export function inspect(paths: Paths, reference: string): object {
  const image = requireImage(paths, reference);
  const config = readImageConfig(paths, image);
  return {
    Id: image.id,
    RepoTags: image.repoTags.map(familiar),
    RepoDigests: image.repoDigests.map(familiar),
    Parent: '',
    Comment: config.comment || config.history?.at(-1)?.comment || '',
    Created: image.created,
    DockerVersion: config.docker_version ?? '',
    Author: config.author ?? '',
    Config: runConfig(config.config ?? {}),
    Architecture: image.architecture,
    ...(image.variant && { Variant: image.variant }),
    Os: image.os,
    Size: image.size,
    GraphDriver: graphDriver(paths, image),
    RootFS: rootFs(config),
    Metadata: { LastTagTime: image.lastTagTime },
  };
}

export function familiar(fullName: string): string {
  return familiarReference(parseNamed(fullName));
}

/** Docker's config type with all its fields, those of containers only among them. */
function runConfig(config: ImageRunConfig): object {
  return {
    Hostname: '',
    Domainname: '',
    User: config.User ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(config.ExposedPorts && { ExposedPorts: config.ExposedPorts }),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: config.Env ?? null,
    Cmd: config.Cmd ?? null,
    ...(config.Healthcheck && { Healthcheck: config.Healthcheck }),
    Image: '',
    Volumes: config.Volumes ?? null,
    WorkingDir: config.WorkingDir ?? '',
    Entrypoint: config.Entrypoint ?? null,
    OnBuild: config.OnBuild ?? null,
    Labels: config.Labels ?? null,
    ...(config.StopSignal && { StopSignal: config.StopSignal }),
    ...(config.Shell && { Shell: config.Shell }),
  };
}

/** The layers lie in overlayfs's form, whichever driver mounts them for a container. */
function graphDriver(paths: Paths, image: ImageRecord): object {
  const [top, ...lower] = image.layers.map(chainId => layerDiffPath(paths, chainId)).toReversed();
  return {
    Data: { ...(lower.length > 0 && { LowerDir: lower.join(':') }), ...(top !== undefined && { UpperDir: top }) },
    Name: 'overlay',
  };
}

function rootFs({ rootfs }: ImageConfig): object {
  return { Type: rootfs.type, ...(rootfs.diff_ids.length > 0 && { Layers: rootfs.diff_ids }) };
}
