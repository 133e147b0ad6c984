import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ImportOptions } from '../../../engine/types.ts';
import { defineCommand } from '../../define-command.ts';

export const importImage = defineCommand({
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  describe: 'Import the contents from a tarball to create a filesystem image',
  words: { min: 1, max: 2, kind: 'file' },
  options: {
    change: { type: 'string', array: true, alias: 'c', describe: 'Apply Dockerfile instruction to the created image' },
    message: { type: 'string', alias: 'm', default: '', describe: 'Set commit message for imported image' },
    platform: { type: 'string', describe: 'Set platform of the image' },
  },
  async run(context, args) {
    const [from, reference] = args.words;
    const id = await (await context.engine()).images.import({
      source: sourceOf(from, context.stdin, context.cwd),
      message: args.message,
      changes: args.change,
      ...(reference !== undefined && { reference }),
      ...(args.platform !== undefined && { platform: args.platform }),
    });
    context.out.line(id);
  },
});

function sourceOf(from: string, stdin: Readable, cwd: string): ImportOptions['source'] {
  if (from === '-') return { kind: 'stream', stream: stdin };
  if (/^https?:\/\//.test(from)) return { kind: 'url', url: from };
  return { kind: 'file', path: resolve(cwd, from) };
}
