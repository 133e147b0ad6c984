import { UserError } from '../../../core/errors.ts';
import { invalid } from '../../args/invalid.ts';
import { defineCommand } from '../../define-command.ts';
import { eachContainer, printFailure } from './each-container.ts';

export const rm = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  describe: 'Remove one or more containers',
  words: { min: 1, kind: 'container' },
  options: {
    force: { type: 'boolean', alias: 'f', describe: 'Force the removal of a running container (uses SIGKILL)' },
    volumes: { type: 'boolean', alias: 'v', describe: 'Remove anonymous volumes associated with the container' },
  },
  unsupported: ['-l, --link'],
  async run(context, args) {
    const { containers } = await context.engine();
    const remove = async (ref: string): Promise<string> => {
      const name = ref.replace(/^\/+|\/+$/g, '');
      if (name === '') throw invalid('Container name cannot be empty');
      await containers.remove(name, { force: args.force, volumes: args.volumes });
      return ref;
    };
    const { exitCode } = await eachContainer(context, args.words, ref =>
      remove(ref).catch((error: unknown) => {
        if (!args.force || !(error instanceof UserError) || error.kind !== 'not-found') throw error;
        // As in docker, -f is content when there is nothing to remove, and still says so.
        printFailure(context, error);
        return null;
      }),
    );
    return exitCode;
  },
});
