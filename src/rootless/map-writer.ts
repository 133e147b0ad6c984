import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { UserError } from '../core/errors.ts';
import type { IdMapLine, IdMaps } from './subordinate-ids.ts';

/**
 * Shell words that leave a process behind, outside the new user namespace, which waits on descriptor 4 and then gives this shell, by then in
 * the namespace, its maps through the setuid programs newuidmap and newgidmap. It answers on descriptor 4 with what they said and their exit
 * codes. So one start of a process by Node suffices for all three: each costs it 15 ms, and a library around them 70 more.
 * Forked twice: the shell becomes the monitor, which would never reap it.
 */
export function mapperScript(maps: IdMaps): string {
  return `( (
exec 3>&-; read -r go <&4 || exit; exec >&4 2>&1
newuidmap $$ ${mapWords(maps.uids)} & newgidmap $$ ${mapWords(maps.gids)}; gid=$?
wait $!; printf '\\n%s %s' "$?" "$gid"
) & )
exec 4>&-
`;
}

/**
 * Has the waiting mappers do their work and waits for their answer.
 * @throws UserError `NEWUIDMAP_MISSING`, `ID_MAP_DENIED`
 */
export async function runMappers(mappers: Socket): Promise<void> {
  const answer = new Promise<string>(resolve => {
    let text = '';
    mappers.setEncoding('utf8');
    mappers.on('data', (part: string) => {
      text += part;
    });
    mappers.once('close', () => resolve(text));
  });
  mappers.write('\n');
  checkAnswer(await answer);
}

function checkAnswer(answer: string): void {
  const [, said = '', uidCode, gidCode] = /^(.*)\n(\d+) (\d+)$/s.exec(answer) ?? [];
  if (uidCode === '0' && gidCode === '0') return;
  const program = uidCode === '0' ? 'newgidmap' : 'newuidmap';
  if (uidCode === '127' || gidCode === '127') {
    throw new UserError('external', 'NEWUIDMAP_MISSING', `${program} is not installed, and your subordinate ids can't be used without it`, {
      hint: 'sudo apt-get install uidmap',
    });
  }
  const file = program === 'newuidmap' ? '/etc/subuid' : '/etc/subgid';
  const why = said.split('\n').find(line => line.startsWith(program)) ?? (said.trim() || 'it gave no reason');
  throw new UserError('external', 'ID_MAP_DENIED', `${program} refused your subordinate ids: ${why}`, {
    hint: `check your line in ${file} (name:first:count, not overlapping your own id) and that ${program} is setuid root`,
  });
}

/** A user may map one id of their own without help, if setgroups(2) is given up first (user_namespaces(7)). */
export function writeSingleMap(pid: number, maps: IdMaps): void {
  writeFileSync(`/proc/${pid}/setgroups`, 'deny');
  writeFileSync(`/proc/${pid}/uid_map`, mapText(maps.uids));
  writeFileSync(`/proc/${pid}/gid_map`, mapText(maps.gids));
}

function mapText(lines: readonly IdMapLine[]): string {
  return lines.map(line => `${line.inside} ${line.outside} ${line.count}\n`).join('');
}

function mapWords(lines: readonly IdMapLine[]): string {
  return lines.map(line => `${line.inside} ${line.outside} ${line.count}`).join(' ');
}
