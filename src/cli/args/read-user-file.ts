import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import { invalid } from './invalid.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
};

/** The bytes of a file the user named on the command line. @throws UserError in Go's words: `open x: no such file or directory` */
export async function readUserFile(path: string, cwd: string): Promise<Buffer> {
  try {
    return await readFile(resolve(cwd, path));
  } catch (error) {
    const reason = reasons[errnoOf(error) ?? ''];
    if (reason === undefined) throw error;
    throw invalid(`${errnoOf(error) === 'EISDIR' ? 'read' : 'open'} ${path}: ${reason}`);
  }
}
