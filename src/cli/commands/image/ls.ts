import { shortId } from '../../../core/digest.ts';
import type { ImageSummary } from '../../../engine/types.ts';
import { parseFilters } from '../../args/filter.ts';
import { defineCommand } from '../../define-command.ts';
import { goTime, humanAge, humanSize } from '../../output/human.ts';
import { printList, type Row } from '../../output/list.ts';

const headings = {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  VirtualSize: 'SIZE',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
};
const plainTable = '{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}';
const digestTable = '{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}';

export const ls = defineCommand({
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  describe: 'List images',
  words: { min: 0, max: 1, kind: 'image' },
  options: {
    all: { type: 'boolean', alias: 'a', describe: 'Show all images (default hides intermediate images)' },
    digests: { type: 'boolean', describe: 'Show digests' },
    filter: { type: 'string', array: true, alias: 'f', describe: 'Filter output based on conditions provided' },
    format: { type: 'string', describe: "Format output: 'table', 'table TEMPLATE', 'json' or a Go template" },
    'no-trunc': { type: 'boolean', describe: "Don't truncate output" },
    quiet: { type: 'boolean', alias: 'q', describe: 'Only show image IDs' },
  },
  async run({ engine, out }, args) {
    const [reference] = args.words;
    const given = parseFilters(args.filter);
    const filters = reference === undefined ? given : new Map([...given, ['reference', [reference]]]);
    const images = await (await engine()).images.list({ all: args.all, filters, sharedSize: false });
    const digests = args.digests || (args.format ?? '').includes('.Digest');
    const shown = { nowMs: Date.now(), digests, whole: args['no-trunc'] };
    printList(
      images.flatMap(image => rowsOf(image, shown)),
      {
        format: args.format,
        defaultTable: args.digests ? digestTable : plainTable,
        headings,
        typeName: '*formatter.imageContext',
        quiet: args.quiet ? 'ID' : undefined,
      },
      out,
    );
  },
});

interface Shown {
  readonly nowMs: number;
  readonly digests: boolean;
  readonly whole: boolean;
}

interface Name {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const none = '<none>';

/** A row for each of the image's names; with digests, each tag beside its repository's digest. */
function rowsOf(image: ImageSummary, shown: Shown): Row[] {
  const common = {
    ID: shown.whole ? image.Id : shortId(image.Id),
    CreatedSince: humanAge(image.Created, shown.nowMs),
    CreatedAt: goTime(image.Created),
    Size: humanSize(image.Size),
    VirtualSize: humanSize(image.Size, 4),
    SharedSize: image.SharedSize < 0 ? 'N/A' : humanSize(image.SharedSize),
    UniqueSize: image.SharedSize < 0 ? 'N/A' : humanSize(image.Size - image.SharedSize),
    Containers: image.Containers < 0 ? 'N/A' : String(image.Containers),
  };
  return namesOf(image, shown.digests).map(({ repository, tag, digest }) => ({
    ...common,
    Repository: repository,
    Tag: tag,
    Digest: digest,
  }));
}

function namesOf(image: ImageSummary, digests: boolean): Name[] {
  const digestOf = new Map(image.RepoDigests.map(name => splitAt(name, name.lastIndexOf('@'))));
  const tagged = image.RepoTags.map(name => splitAt(name, name.lastIndexOf(':')));
  const names = tagged.map(([repository, tag]) => ({ repository, tag, digest: (digests && digestOf.get(repository)) || none }));
  const untagged = [...digestOf]
    .filter(([repository]) => !tagged.some(([named]) => named === repository))
    .map(([repository, digest]) => ({ repository, tag: none, digest: digests ? digest : none }));
  const all = names.length === 0 || digests ? [...names, ...untagged] : names;
  return all.length > 0 ? all : [{ repository: none, tag: none, digest: none }];
}

function splitAt(name: string, index: number): [string, string] {
  return [name.slice(0, index), name.slice(index + 1)];
}
