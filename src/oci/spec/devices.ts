import { UserError } from '../../core/errors.ts';
import type { SpecInput } from './input.ts';
import type { OciMount } from './types.ts';

/** No user can make device files, not even as root of a user namespace: the host's are bound in. The default ones come from the runtime. */
export function deviceMounts({ record: { hostConfig }, host }: SpecInput): OciMount[] {
  const asked = hostConfig.Devices.map(device => {
    checkPermissions(device.CgroupPermissions);
    return bindDevice(device.PathOnHost, device.PathInContainer || device.PathOnHost);
  });
  return [...(hostConfig.Privileged ? host.devices.map(path => bindDevice(path, path)) : []), ...asked];
}

function bindDevice(source: string, destination: string): OciMount {
  return { destination, type: 'bind', source, options: ['bind', 'nosuid', 'noexec'] };
}

/** Without device cgroups the file's own mode is the only limit, so less than all can't be promised. */
function checkPermissions(permissions: string): void {
  if (permissions === '' || [...'rwm'].every(letter => permissions.includes(letter))) return;
  throw new UserError(
    'unsupported',
    'DEVICE_PERMISSIONS',
    `--device permissions '${permissions}' need device cgroups, which only root has; leave them out`,
  );
}
