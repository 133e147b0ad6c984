import { UserError } from '../../core/errors.ts';
import type { FileTime } from '../../linux/file-times.ts';

/** What one archive member asks for. Names are bytes, held as latin1 strings: file names need not be UTF-8. */
export interface TarEntry {
  readonly type: 'file' | 'link' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Length of the file that results, bytes; a sparse one takes less in the archive. */
  readonly size: number;
  readonly mtime: FileTime;
  readonly xattrs: readonly { readonly name: string; readonly value: Buffer }[];
}

/** An archive's name as a person may read it, on one line and without control characters. */
export function shownName(name: string): string {
  const text = JSON.stringify(Buffer.from(name, 'latin1').toString());
  return text.length > 200 ? `${text.slice(0, 200)}…"` : text;
}

export function corrupt(why: string, cause?: unknown): UserError {
  return new UserError('external', 'LAYER_CORRUPT', `the layer's archive is damaged: ${why}`, { cause });
}
