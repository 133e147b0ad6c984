// Prints every file below a folder as JSON, seen by whoever runs it: in the user's namespace, owners are those of the image.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { getXattr, listXattrs } from '../../src/linux/xattr.ts';

export interface DescribedFile {
  readonly type: 'd' | 'f' | 'l' | 'p' | 'c';
  /** Octal, with setuid, setgid and sticky. */
  readonly mode: string;
  readonly owner: string;
  /** Seconds and nanoseconds. */
  readonly mtime: string;
  readonly size: number;
  readonly blocks: number;
  readonly links: number;
  readonly inode: number;
  readonly target?: string;
  readonly sha256?: string;
  /** Values in hex. */
  readonly xattrs: Readonly<Record<string, string>>;
}

function describe(path: Buffer): DescribedFile {
  const stat = lstatSync(path, { bigint: true });
  const type = stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : stat.isFIFO() ? 'p' : stat.isCharacterDevice() ? 'c' : 'f';
  return {
    type,
    mode: (Number(stat.mode) & 0o7777).toString(8),
    owner: `${stat.uid}:${stat.gid}`,
    mtime: `${stat.mtimeNs / 1_000_000_000n}.${String(stat.mtimeNs % 1_000_000_000n).padStart(9, '0')}`,
    size: Number(stat.size),
    blocks: Number(stat.blocks),
    links: Number(stat.nlink),
    inode: Number(stat.ino),
    ...(type === 'l' ? { target: readlinkSync(path, 'latin1') } : {}),
    ...(type === 'f' ? { sha256: createHash('sha256').update(readFileSync(path)).digest('hex') } : {}),
    xattrs: Object.fromEntries(listXattrs(path).map(name => [name, getXattr(path, name)?.toString('hex') ?? ''])),
  };
}

function describeAll(folder: string): Record<string, DescribedFile> {
  const found: Record<string, DescribedFile> = { '.': describe(Buffer.from(folder)) };
  const walk = (below: string) => {
    for (const base of readdirSync(Buffer.from(`${folder}/${below}`, 'latin1'), { encoding: 'latin1' })) {
      const name = below === '' ? base : `${below}/${base}`;
      const file = describe(Buffer.from(`${folder}/${name}`, 'latin1'));
      found[name] = file;
      if (file.type === 'd') walk(name);
    }
  };
  walk('');
  return found;
}

if (import.meta.main) console.log(JSON.stringify(describeAll(process.argv[2] ?? '')));
