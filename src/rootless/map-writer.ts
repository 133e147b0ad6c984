import { writeFileSync } from 'node:fs';
import { errnoOf, UserError } from '../core/errors.ts';
import type { IdMapLine, IdMaps } from './subordinate-ids.ts';

/** Gives the user namespace of `pid` its id maps: through newuidmap and newgidmap, which are setuid, or alone for a single id. */
export async function writeMaps(pid: number, maps: IdMaps): Promise<void> {
  if (maps.singleId) {
    writeSingleMap(pid, maps);
    return;
  }
  await Promise.all([runMapper('newuidmap', pid, maps.uids), runMapper('newgidmap', pid, maps.gids)]);
}

/** A user may map one id of their own without help, if setgroups(2) is given up first (user_namespaces(7)). */
function writeSingleMap(pid: number, maps: IdMaps): void {
  writeFileSync(`/proc/${pid}/setgroups`, 'deny');
  writeFileSync(`/proc/${pid}/uid_map`, mapText(maps.uids));
  writeFileSync(`/proc/${pid}/gid_map`, mapText(maps.gids));
}

function mapText(lines: readonly IdMapLine[]): string {
  return lines.map(line => `${line.inside} ${line.outside} ${line.count}\n`).join('');
}

async function runMapper(program: 'newuidmap' | 'newgidmap', pid: number, lines: readonly IdMapLine[]): Promise<void> {
  const { execa } = await import('execa');
  const numbers = lines.flatMap(line => [line.inside, line.outside, line.count].map(String));
  try {
    await execa(program, [String(pid), ...numbers], { stdin: 'ignore', stdout: 'ignore' });
  } catch (error) {
    throw mapperFailure(program, error);
  }
}

function mapperFailure(program: 'newuidmap' | 'newgidmap', cause: unknown): UserError {
  if (errnoOf(cause) === 'ENOENT') {
    return new UserError(
      'external',
      'NEWUIDMAP_MISSING',
      `${program} is not installed, and your subordinate ids can't be used without it`,
      {
        hint: 'sudo apt-get install uidmap',
        cause,
      },
    );
  }
  const stderr = cause instanceof Error && 'stderr' in cause && typeof cause.stderr === 'string' ? cause.stderr.trim() : '';
  const file = program === 'newuidmap' ? '/etc/subuid' : '/etc/subgid';
  return new UserError('external', 'ID_MAP_DENIED', `${program} refused your subordinate ids: ${stderr || 'no reason given'}`, {
    hint: `check your line in ${file} (name:first:count, not overlapping your own id) and that ${program} is setuid root`,
    cause,
  });
}
