import { defineCommand } from '../../define-command.ts';
import { withCidFile } from './cid-file.ts';
import { createFlags, unsupportedCreateFlags } from './create-flags.ts';
import { createOptions } from './create-options.ts';
import { creationProgress } from './creation-progress.ts';
import { withExitCode } from './with-exit-code.ts';

export const create = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  describe: 'Create a new container',
  words: { min: 1, kind: 'image' },
  options: createFlags,
  unsupported: unsupportedCreateFlags,
  stopAtFirstWord: true,
  async run(context, args) {
    const { engine, out, cwd } = context;
    const options = await withExitCode(125, () => createOptions(args, context));
    const { containers } = await engine();
    const { id, warnings } = await withCidFile(args.cidfile, cwd, () =>
      creationProgress(args, out, show => containers.create(options, show)),
    );
    for (const warning of warnings) out.error(`WARNING: ${warning}`);
    out.line(id);
  },
});
