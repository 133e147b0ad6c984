import { familiarReference, parseReference } from '../../../core/reference.ts';
import { defineCommand } from '../../define-command.ts';
import { pullProgress } from '../../output/pull-progress.ts';
import { interruptible } from '../../terminal/interruptible.ts';

export const pull = defineCommand({
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  describe: 'Download an image from a registry',
  words: { min: 1, max: 1, kind: 'image' },
  options: {
    platform: { type: 'string', describe: 'Set platform if server is multi-platform capable' },
    quiet: { type: 'boolean', alias: 'q', describe: 'Suppress verbose output' },
  },
  unsupported: ['-a, --all-tags', '--disable-content-trust'],
  async run({ engine, out, signal }, args) {
    const [name] = args.words;
    const wanted = parseReference(name);
    const hasTag = wanted.digest !== undefined || /:[^/:]*$/.test(name);
    if (!hasTag && !args.quiet) out.line(`Using default tag: ${wanted.tag ?? 'latest'}`);
    const options = args.platform === undefined ? {} : { platform: args.platform };
    const progress = await pullProgress({ out, quiet: args.quiet, to: 'stdout' });
    try {
      const { images } = await engine();
      const { reference } = await interruptible(signal, stop => images.pull(name, { ...options, signal: stop }, progress.listener));
      progress.end();
      out.line(reference || familiarReference(wanted));
    } finally {
      progress.end();
    }
  },
});
