import { commandTable, nouns, type TableEntry } from '../command-table.ts';
import type { Flag } from '../define-command.ts';
import { globalFlags } from '../globals.ts';

/** `tsdocker --help`: the groups that docker has, with what we have. */
export function programHelp(program: string): string {
  const top = (group: TableEntry['group']) =>
    commandTable.filter(entry => entry.group === group).map(entry => [entry.names[0] ?? '', entry.describe] as const);
  return `
Usage:  ${program} [OPTIONS] COMMAND

Rootless, daemonless containers with docker's command line

Common Commands:
${rows(top('common'))}

Management Commands:
${rows(Object.entries(nouns))}

Commands:
${rows(top('commands'))}

Global Options:
${rows(Object.entries(globalFlags).map(([name, flag]) => [spelling(name, flag), flag.describe]))}

Run '${program} COMMAND --help' for more information on a command.
`;
}

/** `tsdocker image --help` */
export function nounHelp(program: string, noun: string): string {
  const verbs = commandTable.flatMap(entry => {
    const name = entry.names.find(candidate => candidate.startsWith(`${noun} `));
    return name ? [[name.slice(noun.length + 1), entry.describe] as const] : [];
  });
  return `
Usage:  ${program} ${noun} COMMAND

${nouns[noun]}

Commands:
${rows(verbs.sort(([a], [b]) => (a < b ? -1 : 1)))}

Run '${program} ${noun} COMMAND --help' for more information on a command.
`;
}

function spelling(name: string, flag: Flag): string {
  const short = flag.alias ? `-${flag.alias}, ` : '    ';
  const kind = flag.array ? 'list' : flag.type;
  return `${short}--${name}${kind === 'boolean' ? '' : ` ${kind}`}`;
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(11, ...pairs.map(([name]) => name.length + 1));
  return pairs.map(([name, text]) => `  ${name.padEnd(width)} ${text}`).join('\n');
}
