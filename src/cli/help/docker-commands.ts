/**
 * What docker's own command line has. Told apart from typing mistakes, so that a script learns that the command is missing here and
 * nobody is sent to another one that only looks alike.
 */
const docker: Readonly<Record<string, string>> = {
  '': 'build builder buildx checkpoint commit compose config context cp diff events export history load login logout manifest network node plugin push save search secret service stack swarm trust update volume',
  container: 'commit cp diff export update',
  image: 'build history load prune push save',
  system: 'df dial-stdio events prune',
};

/** @param noun `container` of `container cp`; '' where the command stands alone */
export function isDockerCommand(noun: string, word: string): boolean {
  return docker[noun]?.split(' ').includes(word) ?? false;
}
