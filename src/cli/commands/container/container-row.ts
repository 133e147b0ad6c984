import type { ContainerSummary } from '../../../engine/types.ts';
import { goTime, humanAge, humanSize } from '../../output/human.ts';
import type { Row } from '../../output/list.ts';
import { displayPorts } from './display-ports.ts';

const commandWidth = 20;
const mountWidth = 15;
const idLength = 12;

/** Docker's fields of one line of `ps`. `truncate`: short ids, commands and mounts. */
export function containerRow(container: ContainerSummary, truncate: boolean, nowMs: number): Row {
  const cut = (text: string, width: number): string => (truncate ? ellipsis(text, width) : text);
  const labels = Object.entries(container.Labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ID: truncate ? container.Id.slice(0, idLength) : container.Id,
    Names: container.Names.map(name => name.replace(/^\//, '')).join(','),
    Image: imageName(container, truncate),
    Command: JSON.stringify(cut(container.Command, commandWidth)),
    CreatedAt: goTime(container.Created),
    RunningFor: humanAge(container.Created, nowMs),
    Ports: displayPorts(container.Ports),
    State: container.State,
    Status: container.Status,
    Size: sizeText(container),
    Labels: labels.map(([key, value]) => `${key}=${value}`).join(','),
    Label: (key: string) => (Object.hasOwn(container.Labels, key) ? (container.Labels[key] ?? '') : ''),
    Mounts: container.Mounts.map(mount => cut(mountName(mount), mountWidth)).join(','),
    LocalVolumes: String(container.Mounts.filter(mount => text(mount, 'Driver') === 'local').length),
    Networks: Object.keys(container.NetworkSettings.Networks).join(','),
  };
}

function imageName({ Image }: ContainerSummary, truncate: boolean): string {
  if (Image === '') return '<no image>';
  return truncate && /^sha256:[0-9a-f]{64}$/.test(Image) ? Image.slice(7, 7 + idLength) : Image;
}

function sizeText({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = humanSize(SizeRw);
  return SizeRootFs > 0 ? `${own} (virtual ${humanSize(SizeRootFs)})` : own;
}

function mountName(mount: object): string {
  return text(mount, 'Name') || text(mount, 'Source');
}

function text(object: object, key: string): string {
  const value: unknown = Reflect.get(object, key);
  return typeof value === 'string' ? value : '';
}

function ellipsis(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
