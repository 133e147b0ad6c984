import type { Command, Flag } from '../define-command.ts';

const widest = 100;

/**
 * `tsdocker run --help`, laid out by yargs.
 * @param names every place the command answers at
 */
export async function commandHelp(command: Command, path: string, names: readonly string[], columns = 80): Promise<string> {
  const { default: yargs } = await import('yargs');
  const help = await yargs([])
    .scriptName(path)
    .usage(heading(command, path, names))
    .updateStrings({ 'Options:': 'Options:' })
    .locale('en')
    .options(helpOptions(command))
    .help('help', 'Print usage')
    .version(false)
    .wrap(Math.min(columns, widest))
    .getHelp();
  return `\n${help.trimEnd()}\n`;
}

function heading(command: Command, path: string, names: readonly string[]): string {
  const [program = ''] = path.split(' ');
  const aliases = names.length > 1 ? `\n\nAliases:  ${names.map(name => `${program} ${name}`).join(', ')}` : '';
  const usage = command.usage === '' ? path : `${path} ${command.usage}`;
  return `Usage:  ${usage}\n\n${command.describe}${aliases}`;
}

function helpOptions(command: Command) {
  const sorted = Object.entries(command.options).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, flag]) => [name, helpOption(flag)]));
}

function helpOption(flag: Flag) {
  return {
    type: flag.type,
    array: flag.array ?? false,
    describe: flag.describe.replaceAll('`', ''),
    hidden: flag.hidden ?? false,
    ...(flag.alias === undefined ? {} : { alias: flag.alias }),
    ...(flag.choices === undefined ? {} : { choices: flag.choices }),
    ...(flag.default === undefined ? {} : { default: flag.default }),
  };
}
