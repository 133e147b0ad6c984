import { UserError } from '../../core/errors.ts';

const protocols = ['tcp', 'udp', 'sctp'];

/** `80`, `80/udp`, `8000-8010/tcp` as docker's map keys. @throws UserError `INVALID_CHANGE` in docker's words */
export function parseExposedPorts(text: string): string[] {
  const [ports = '', protocol = 'tcp', ...more] = text.toLowerCase().split('/');
  if (more.length > 0 || !protocols.includes(protocol)) throw invalid(`Invalid proto: ${text.slice(ports.length + 1)}`);
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 0 && from <= to && to <= 65_535)) throw invalid(`Invalid containerPort: ${ports}`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol}`);
}

function invalid(message: string): UserError {
  return new UserError('invalid', 'INVALID_CHANGE', message);
}
