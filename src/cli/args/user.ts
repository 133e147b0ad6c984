import { invalid } from './invalid.ts';

const highestId = 2147483647;

/** `-u name`, `uid`, `name:group`, `uid:gid`; names are looked up in the container when it starts. @throws UserError */
export function checkUser(text: string): string {
  const [user = '', group, ...more] = text.split(':');
  const unusable = (part: string): boolean => /[\s\0/]/.test(part);
  if (more.length > 0 || unusable(user) || (group !== undefined && (group === '' || unusable(group)))) {
    throw invalid(`invalid user ${JSON.stringify(text)}: expected name or uid, then optionally ":" and group or gid`);
  }
  for (const part of [user, group ?? '']) {
    if (/^\d+$/.test(part) && Number(part) > highestId) throw invalid(`uids and gids must be in range 0-${highestId}`);
  }
  return text;
}
