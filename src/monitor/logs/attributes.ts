import { messageOf, UserError } from '../../core/errors.ts';

export interface LoggedContainer {
  readonly id: string;
  readonly name: string;
  /** `sha256:<hex>` */
  readonly imageId: string;
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` */
  readonly env: readonly string[];
}

/**
 * What the options `labels`, `env`, their `-regex` forms and `tag` add to each record.
 * @throws UserError `BAD_LOG_OPTION`
 */
export function logAttributes(options: Readonly<Record<string, string>>, container: LoggedContainer): Readonly<Record<string, string>> {
  const env = Object.fromEntries(container.env.filter(item => item.includes('=')).map(splitVariable));
  return {
    ...named(container.labels, options.labels),
    ...matching(container.labels, options['labels-regex']),
    ...named(env, options.env),
    ...matching(env, options['env-regex']),
    ...(options.tag ? { tag: fillTag(options.tag, container) } : {}),
  };
}

function splitVariable(item: string): [string, string] {
  const at = item.indexOf('=');
  return [item.slice(0, at), item.slice(at + 1)];
}

function named(from: Readonly<Record<string, string>>, names = ''): Record<string, string> {
  const wanted = new Set(names.split(','));
  return pick(from, name => wanted.has(name));
}

function matching(from: Readonly<Record<string, string>>, pattern = ''): Record<string, string> {
  if (pattern === '') return {};
  let regex: RegExp;
  try {
    regex = new RegExp(pattern);
  } catch (error) {
    throw new UserError('invalid', 'BAD_LOG_OPTION', messageOf(error));
  }
  return pick(from, name => regex.test(name));
}

function pick(from: Readonly<Record<string, string>>, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)));
}

/** The tag's template: docker documents these fields and no other actions. */
function fillTag(template: string, container: LoggedContainer): string {
  const imageHex = container.imageId.replace(/^sha256:/, '');
  const fields = new Map([
    ['.ID', container.id.slice(0, 12)],
    ['.FullID', container.id],
    ['.Name', container.name],
    ['.ImageID', imageHex.slice(0, 12)],
    ['.ImageFullID', container.imageId],
    ['.ImageName', container.imageName],
    ['.DaemonName', 'docker'],
  ]);
  return template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_all, field: string) => {
    const value = fields.get(field);
    if (value !== undefined) return value;
    throw new UserError(
      'unsupported',
      'BAD_LOG_OPTION',
      `log opt 'tag' cannot use {{${field}}}: it takes ${[...fields.keys()].join(', ')}`,
    );
  });
}
