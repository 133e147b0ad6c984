import type { Command } from './define-command.ts';

export interface TableEntry {
  /** Where the command answers, in docker's order of preference: `images`, `image ls`, `image list`. */
  readonly names: readonly string[];
  readonly describe: string;
  /** Which list of `tsdocker --help` shows it; without one only its noun's help does. */
  readonly group?: 'common' | 'commands';
  readonly hidden?: true;
  /** The only import of the command's module: no other command's code is read. */
  load(): Promise<Command>;
}

/** The nouns that own commands, in the order of the help. */
export const nouns: Readonly<Record<string, string>> = {
  container: 'Manage containers',
  image: 'Manage images',
  system: 'Manage tsdocker',
};

/** Every command there is. Static on purpose: bundlers see each import, and help and completion need no command's code. */
export const commandTable: readonly TableEntry[] = [
  {
    names: ['run', 'container run'],
    describe: 'Create and run a new container from an image',
    group: 'common',
    load: async () => (await import('./commands/container/run.ts')).run,
  },
  {
    names: ['exec', 'container exec'],
    describe: 'Execute a command in a running container',
    group: 'common',
    load: async () => (await import('./commands/container/exec.ts')).exec,
  },
  {
    names: ['ps', 'container ls', 'container list', 'container ps'],
    describe: 'List containers',
    group: 'common',
    load: async () => (await import('./commands/container/ls.ts')).ls,
  },
  {
    names: ['pull', 'image pull'],
    describe: 'Download an image from a registry',
    group: 'common',
    load: async () => (await import('./commands/image/pull.ts')).pull,
  },
  {
    names: ['images', 'image ls', 'image list'],
    describe: 'List images',
    group: 'common',
    load: async () => (await import('./commands/image/ls.ts')).ls,
  },
  {
    names: ['version'],
    describe: 'Show the version information',
    group: 'common',
    load: async () => (await import('./commands/system/version.ts')).version,
  },
  {
    names: ['info', 'system info'],
    describe: 'Display system-wide information',
    group: 'common',
    load: async () => (await import('./commands/system/info.ts')).info,
  },
  {
    names: ['attach', 'container attach'],
    describe: 'Attach local standard input, output, and error streams to a running container',
    group: 'commands',
    load: async () => (await import('./commands/container/attach.ts')).attach,
  },
  {
    names: ['completion'],
    describe: 'Print the completion script for bash, zsh or fish',
    group: 'commands',
    load: async () => (await import('./commands/system/completion.ts')).completion,
  },
  {
    names: ['create', 'container create'],
    describe: 'Create a new container',
    group: 'commands',
    load: async () => (await import('./commands/container/create.ts')).create,
  },
  {
    names: ['import', 'image import'],
    describe: 'Import the contents from a tarball to create a filesystem image',
    group: 'commands',
    load: async () => (await import('./commands/image/import.ts')).importImage,
  },
  {
    names: ['inspect'],
    describe: 'Return low-level information on Docker objects',
    group: 'commands',
    load: async () => (await import('./commands/system/inspect.ts')).inspect,
  },
  {
    names: ['container inspect'],
    describe: 'Display detailed information on one or more containers',
    load: async () => (await import('./commands/container/inspect.ts')).inspect,
  },
  {
    names: ['image inspect'],
    describe: 'Display detailed information on one or more images',
    load: async () => (await import('./commands/image/inspect.ts')).inspect,
  },
  {
    names: ['kill', 'container kill'],
    describe: 'Kill one or more running containers',
    group: 'commands',
    load: async () => (await import('./commands/container/kill.ts')).kill,
  },
  {
    names: ['logs', 'container logs'],
    describe: 'Fetch the logs of a container',
    group: 'commands',
    load: async () => (await import('./commands/container/logs.ts')).logs,
  },
  {
    names: ['pause', 'container pause'],
    describe: 'Pause all processes within one or more containers',
    group: 'commands',
    load: async () => (await import('./commands/container/pause.ts')).pause,
  },
  {
    names: ['port', 'container port'],
    describe: 'List port mappings or a specific mapping for the container',
    group: 'commands',
    load: async () => (await import('./commands/container/port.ts')).port,
  },
  {
    names: ['container prune'],
    describe: 'Remove all stopped containers',
    load: async () => (await import('./commands/container/prune.ts')).prune,
  },
  {
    names: ['rename', 'container rename'],
    describe: 'Rename a container',
    group: 'commands',
    load: async () => (await import('./commands/container/rename.ts')).rename,
  },
  {
    names: ['restart', 'container restart'],
    describe: 'Restart one or more containers',
    group: 'commands',
    load: async () => (await import('./commands/container/restart.ts')).restart,
  },
  {
    names: ['rm', 'container rm', 'container remove'],
    describe: 'Remove one or more containers',
    group: 'commands',
    load: async () => (await import('./commands/container/rm.ts')).rm,
  },
  {
    names: ['rmi', 'image rm', 'image remove'],
    describe: 'Remove one or more images',
    group: 'commands',
    load: async () => (await import('./commands/image/rm.ts')).rm,
  },
  {
    names: ['start', 'container start'],
    describe: 'Start one or more stopped containers',
    group: 'commands',
    load: async () => (await import('./commands/container/start.ts')).start,
  },
  {
    names: ['stats', 'container stats'],
    describe: 'Display a live stream of container(s) resource usage statistics',
    group: 'commands',
    load: async () => (await import('./commands/container/stats.ts')).stats,
  },
  {
    names: ['stop', 'container stop'],
    describe: 'Stop one or more running containers',
    group: 'commands',
    load: async () => (await import('./commands/container/stop.ts')).stop,
  },
  {
    names: ['tag', 'image tag'],
    describe: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    group: 'commands',
    load: async () => (await import('./commands/image/tag.ts')).tag,
  },
  {
    names: ['top', 'container top'],
    describe: 'Display the running processes of a container',
    group: 'commands',
    load: async () => (await import('./commands/container/top.ts')).top,
  },
  {
    names: ['unpause', 'container unpause'],
    describe: 'Unpause all processes within one or more containers',
    group: 'commands',
    load: async () => (await import('./commands/container/unpause.ts')).unpause,
  },
  {
    names: ['wait', 'container wait'],
    describe: 'Block until one or more containers stop, then print their exit codes',
    group: 'commands',
    load: async () => (await import('./commands/container/wait.ts')).wait,
  },
  {
    names: ['__complete'],
    describe: "Answer the shell's completion script",
    hidden: true,
    load: async () => (await import('./commands/system/complete.ts')).complete,
  },
];

export function findCommand(name: string): TableEntry | undefined {
  return commandTable.find(entry => entry.names.includes(name));
}

export function isNoun(word: string): boolean {
  return Object.hasOwn(nouns, word);
}
