import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { errnoOf } from '../../core/errors.ts';
import { chroot } from '../../linux/special-files.ts';
import { syncFileSystem } from '../../linux/sync-file-system.ts';
import type { UnpackAnswer, UnpackJob } from '../jobs.ts';
import { TarReader } from '../tar/reader.ts';
import { Extractor } from './extractor.ts';
import { diskFull } from './failure.ts';
import { Limits } from './limits.ts';
import { readMappedIds } from './mapped-ids.ts';
import { uncompress } from './uncompress.ts';

const STDIN = 0;
const READ_CHUNK = 256 * 1024;

/** Unpacks the layer that comes on standard input. This process's root is the layer's folder from then on, for good. */
export async function unpackLayer(job: UnpackJob): Promise<UnpackAnswer> {
  const ids = readMappedIds(job.singleId);
  const hash = createHash('sha256');
  process.umask(0);
  // No name in the archive, whatever links it leads through, can then mean anything outside.
  chroot(job.folder);
  const limits = new Limits(job);
  const extractor = new Extractor(ids, limits);
  const reader = new TarReader(extractor);
  const input = createReadStream('', { fd: STDIN, highWaterMark: READ_CHUNK, autoClose: false });
  let length = 0;
  for await (const chunk of uncompress(input)) {
    length += chunk.length;
    limits.checkBytes(length);
    hash.update(chunk);
    reader.push(chunk);
  }
  reader.finish();
  extractor.finish();
  sync();
  return { diffId: `sha256:${hash.digest('hex')}`, size: extractor.size };
}

/** After a power cut a record of the layer must not be there without its files. */
function sync(): void {
  const fd = openSync('/', 'r');
  try {
    syncFileSystem(fd);
  } catch (error) {
    if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') throw diskFull(error);
    throw error;
  } finally {
    closeSync(fd);
  }
}
