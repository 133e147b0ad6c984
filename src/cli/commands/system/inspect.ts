import { UserError } from '../../../core/errors.ts';
import type { Engine } from '../../../engine/types.ts';
import { defineCommand } from '../../define-command.ts';
import { inspectEach } from '../inspect-each.ts';

export const inspect = defineCommand({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  describe: 'Return low-level information on Docker objects',
  words: { min: 1, kind: 'object' },
  options: {
    format: { type: 'string', alias: 'f', describe: "Format output: 'json' or a Go template" },
    size: { type: 'boolean', alias: 's', describe: 'Display total file sizes if the type is container' },
    type: { type: 'string', describe: 'Return JSON for specified type (container, image)' },
  },
  async run(context, args) {
    const find = finderFor(args.type);
    return await inspectEach(args.words, args.format, context, async word => find(await context.engine(), word, args.size));
  },
});

type Find = (engine: Engine, word: string, size: boolean) => Promise<object>;

const inspectContainer: Find = (engine, word, size) => engine.containers.inspect(word, { size });
const inspectImage: Find = (engine, word) => engine.images.inspect(word);

function finderFor(type: string | undefined): Find {
  if (type === undefined || type === '') return inspectAny;
  if (type === 'container') return inspectContainer;
  if (type === 'image') return inspectImage;
  const planned = ['network', 'volume', 'plugin', 'node', 'service', 'secret', 'config', 'task'].includes(type);
  throw new UserError(
    planned ? 'unsupported' : 'invalid',
    planned ? 'TYPE_UNSUPPORTED' : 'TYPE_UNKNOWN',
    planned ? `--type ${type} is not supported yet` : `${JSON.stringify(type)} is not a valid value for --type`,
  );
}

/** Docker's order: a container, else an image. */
async function inspectAny(engine: Engine, word: string, size: boolean): Promise<object> {
  for (const find of [inspectContainer, inspectImage]) {
    try {
      return await find(engine, word, size);
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'not-found') throw error;
    }
  }
  throw new UserError('not-found', 'OBJECT_NOT_FOUND', `No such object: ${word}`);
}
