import { commandTable, findCommand, isNoun, nouns } from '../../command-table.ts';
import { type Command, type Context, defineCommand, type Flags } from '../../define-command.ts';
import { globalFlags } from '../../globals.ts';

/** A word to offer, and what it means. */
type Candidate = readonly [word: string, meaning?: string];

/** Answers the completion scripts: the words typed so far, the last of them unfinished. */
export const complete = defineCommand({
  usage: '-- WORD...',
  describe: "Answer the shell's completion script",
  words: { min: 0 },
  options: {},
  async run(context, { words }) {
    const current = words.at(-1) ?? '';
    const candidates = await candidatesFor(words.slice(0, -1), current, context);
    for (const [word, meaning] of candidates.filter(([word]) => word.startsWith(current) || word === ':file'))
      context.out.write(`${JSON.stringify(word).slice(1, -1)}${meaning === undefined ? '' : `\t${meaning}`}\n`);
  },
});

async function candidatesFor(before: readonly string[], current: string, context: Context): Promise<readonly Candidate[]> {
  const words = withoutGlobals(before);
  const [first, second] = words;
  if (first === undefined) return current.startsWith('-') ? flagWords(globalFlags) : topWords();
  if (isNoun(first) && second === undefined) return verbsOf(first);
  const entry = findCommand(isNoun(first) ? `${first} ${second}` : first);
  if (!entry) return [];
  const command = await entry.load();
  if (current.startsWith('-')) return [...flagWords(command.options), ['--help', 'Print usage']];
  return await wordsFor(command, words.slice(isNoun(first) ? 2 : 1), context);
}

/** The global flags before the command, with their values, are not the command. */
function withoutGlobals(words: readonly string[]): readonly string[] {
  const rest = [...words];
  while (rest[0]?.startsWith('-')) {
    const token = rest.shift() ?? '';
    if (takesNextWord(token, globalFlags)) rest.shift();
  }
  return rest;
}

function takesNextWord(token: string, flags: Flags): boolean {
  if (token.includes('=')) return false;
  const found = Object.entries(flags).find(([name, flag]) => token === `--${name}` || (flag.alias && token === `-${flag.alias}`));
  return found !== undefined && found[1].type !== 'boolean' && found[1].optionalValue === undefined;
}

function topWords(): Candidate[] {
  const commands = commandTable.flatMap(({ names: [name = ''], group, describe }) => (group ? [[name, describe] as const] : []));
  return [...commands, ...Object.entries(nouns), ...moreNames()];
}

/** Other names that stand at the top: `rmi` is first of its own, these are not. */
function moreNames(): Candidate[] {
  return commandTable.flatMap(({ names, hidden, describe }) =>
    hidden
      ? []
      : names
          .slice(1)
          .filter(name => !name.includes(' '))
          .map(name => [name, describe] as const),
  );
}

function verbsOf(noun: string): Candidate[] {
  return commandTable.flatMap(({ names, describe }) =>
    names.filter(name => name.startsWith(`${noun} `)).map(name => [name.slice(noun.length + 1), describe] as const),
  );
}

function flagWords(flags: Flags): Candidate[] {
  return Object.entries(flags).flatMap(([name, flag]) => (flag.hidden ? [] : [[`--${name}`, flag.describe.replaceAll('`', '')] as const]));
}

async function wordsFor(command: Command, typed: readonly string[], context: Context): Promise<readonly Candidate[]> {
  const count = typed.filter((word, index) => !word.startsWith('-') && !takesNextWord(typed[index - 1] ?? '', command.options)).length;
  const isFlagValue = takesNextWord(typed.at(-1) ?? '', command.options);
  const { kind = 'none', max } = command.words;
  if (isFlagValue || kind === 'file' || (command.stopAtFirstWord && count > 0)) return [[':file']];
  if (kind === 'none' || (max !== undefined && count >= max)) return [];
  const engine = await context.engine();
  const containers = async (wanted: (state: string) => boolean): Promise<Candidate[]> => {
    const list = await engine.containers.list({ all: true, size: false, limit: 0, filters: new Map() });
    return list.filter(item => wanted(item.State)).flatMap(item => item.Names.map(name => [name.replace(/^\//, ''), item.Image] as const));
  };
  const images = async (): Promise<Candidate[]> => {
    const list = await engine.images.list({ all: false, filters: new Map(), sharedSize: false });
    return list.flatMap(item => item.RepoTags.map(name => [name] as const));
  };
  if (kind === 'image') return await images();
  if (kind === 'object') return [...(await containers(() => true)), ...(await images())];
  if (kind === 'running-container') return await containers(state => state === 'running' || state === 'paused');
  if (kind === 'stopped-container') return await containers(state => state === 'exited' || state === 'created');
  return await containers(() => true);
}
