import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { getXattr } from '../../../../src/linux/xattr.ts';
import { runUnpack } from '../../../../src/worker/index.ts';
import { type RawEntry, rawTar } from '../../../support/tar.ts';
import { openWorkerHome } from '../../../support/worker-home.ts';

const home = openWorkerHome();
after(() => home.remove());

let made = 0;

/** A folder to unpack into, with a neighbour that no layer may touch. */
function target() {
  const base = join(home.home, `t${made++}`);
  const folder = join(base, 'layer');
  const victim = join(base, 'victim');
  mkdirSync(join(base, 'layer-sibling'), { recursive: true });
  mkdirSync(folder);
  mkdirSync(victim);
  writeFileSync(join(victim, 'hello'), 'hello');
  return { base, folder, victim };
}

/** Everything about the neighbours that could have changed. */
function outside(base: string): string {
  return ['.', 'victim', 'victim/hello', 'layer-sibling']
    .map(name => {
      const { mode, uid, gid, size, mtimeMs, nlink, ino } = lstatSync(join(base, name));
      const content = name === 'victim/hello' ? readFileSync(join(base, name), 'utf8') : readdirSync(join(base, name)).join();
      return JSON.stringify({ name, mode, uid, gid, size, mtimeMs, nlink, ino, content });
    })
    .join('\n');
}

/** What is in the folder, a line each: `d name`, `f name content`, `l name -> target`, `p name`, `w name`; `o` for opaque folders. */
function listing(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { encoding: 'latin1' })
    .sort()
    .flatMap(base => {
      const name = below === '' ? base : `${below}/${base}`;
      const path = Buffer.from(`${folder}/${name}`, 'latin1');
      const stat = lstatSync(path);
      if (stat.isDirectory()) {
        const mark = getXattr(path, 'user.overlay.opaque')?.toString() === 'y' ? 'o' : 'd';
        return [`${mark} ${name}`, ...listing(folder, name)];
      }
      if (stat.isSymbolicLink()) return [`l ${name} -> ${readlinkSync(path)}`];
      if (stat.isFIFO()) return [`p ${name}`];
      if (stat.isCharacterDevice()) return [`${stat.rdev === 0 ? 'w' : 'device'} ${name}`];
      return [`f ${name} ${readFileSync(path)}`];
    });
}

const folder = (name: string): RawEntry => ({ name, flag: '5' });
const file = (name: string, content = ''): RawEntry => ({ name, content });
const link = (name: string, linkName: string): RawEntry => ({ name, flag: '2', linkName });
const hardLink = (name: string, linkName: string): RawEntry => ({ name, flag: '1', linkName });
const long = 'n'.repeat(255);

/** The victim's absolute path is put in for VICTIM. */
const cases: readonly { what: string; entries: readonly RawEntry[]; result: readonly string[] | RegExp }[] = [
  { what: 'a name with ..', entries: [file('../victim/dotdot')], result: /"\.\.\/victim\/dotdot" leads out of the layer/ },
  { what: 'an absolute name with ..', entries: [file('/../victim/new', 'x')], result: ['d victim', 'f victim/new x'] },
  { what: 'a name that goes down and up again', entries: [folder('a'), file('a/../../x')], result: /leads out of the layer/ },
  { what: '.. within the layer', entries: [folder('a'), file('a/../x')], result: ['d a', 'f x '] },
  { what: 'the victim’s absolute path', entries: [file('VICTIM/hello', 'x')], result: /./ },
  {
    what: 'a file through a link that leads out',
    entries: [link('lv', '../victim'), file('lv/file', 'x')],
    result: ['l lv -> ../victim', 'd victim', 'f victim/file x'],
  },
  { what: 'a file through a link to the victim', entries: [link('lv', 'VICTIM'), file('lv/hello', 'x')], result: /./ },
  {
    what: 'a file in place of a link that leads out',
    entries: [link('hello', '../victim/hello'), file('hello', 'x')],
    result: ['f hello x'],
  },
  { what: 'a folder in place of a link', entries: [link('d', '../victim'), folder('d'), file('d/f')], result: ['d d', 'f d/f '] },
  { what: 'a hard link with ..', entries: [hardLink('h', '../victim/hello')], result: /leads out of the layer/ },
  { what: 'an absolute hard link with ..', entries: [hardLink('h', '/../victim/hello')], result: /a file that the layer does not have/ },
  { what: 'a hard link to the victim', entries: [hardLink('h', 'VICTIM/hello')], result: /a file that the layer does not have/ },
  { what: 'a hard link through a link', entries: [link('lv', '../victim'), hardLink('h', 'lv/hello')], result: /does not have/ },
  {
    what: 'a hard link to a link that leads out, then a file over it',
    entries: [link('lv', '../victim/hello'), hardLink('h', 'lv'), file('h', 'x')],
    result: ['f h x', 'l lv -> ../victim/hello'],
  },
  {
    what: 'a hard link to a folder that leads out',
    entries: [hardLink('lv', '../victim'), file('lv/file')],
    result: /leads out of the layer/,
  },
  { what: 'a hard link to a folder', entries: [folder('d'), hardLink('h', 'd')], result: /hard link to a folder/ },
  { what: 'a hard link to the root folder', entries: [hardLink('h', '/')], result: /hard link to a folder/ },
  { what: 'a hard link to itself', entries: [hardLink('h', 'h')], result: /a file that the layer does not have/ },
  { what: 'hard links in a circle', entries: [hardLink('a', 'b'), hardLink('b', 'a')], result: /a file that the layer does not have/ },
  {
    what: 'an absolute link followed inside',
    entries: [folder('etc'), link('localetc', '/etc'), file('/localetc/unbroken', 'x')],
    result: ['d etc', 'f etc/unbroken x', 'l localetc -> /etc'],
  },
  {
    what: 'a hard link by way of a relative link',
    entries: [
      file('etc/passwd', 'root'),
      folder('breakouts'),
      link('breakouts/d1', '../../etc'),
      hardLink('breakouts/mypasswd', '/breakouts/d1/passwd'),
    ],
    result: ['d breakouts', 'l breakouts/d1 -> ../../etc', 'f breakouts/mypasswd root', 'd etc', 'f etc/passwd root'],
  },
  { what: 'a link named .', entries: [link('.', '../victim')], result: /root folder/ },
  { what: 'a link named ..', entries: [link('..', '../victim')], result: /leads out of the layer/ },
  { what: 'a link named a/sub/..', entries: [link('a/sub/..', '../victim')], result: ['l a -> ../victim'] },
  { what: 'a link named a/..', entries: [link('a/..', '../victim')], result: /root folder/ },
  { what: 'a link without a name', entries: [link('', '../victim')], result: /root folder/ },
  { what: 'a file without a name', entries: [file('', 'x')], result: /root folder/ },
  { what: 'a file named /', entries: [{ name: '/', flag: '2', linkName: 'x' }], result: /root folder/ },
  { what: 'a link to nothing', entries: [link('l', '')], result: /link to nowhere/ },
  { what: 'links in a circle', entries: [link('a', 'b'), link('b', 'a'), file('a/f')], result: /too many links/ },
  {
    what: 'a file below a file',
    entries: [file('f'), file('f/g')],
    result: /lies below something that is not a folder/,
  },
  {
    what: 'a link to a sibling with the same beginning',
    entries: [link('s', '../layer-sibling'), file('s/f', 'x')],
    result: ['d layer-sibling', 'f layer-sibling/f x', 'l s -> ../layer-sibling'],
  },
  {
    what: 'the shape of a merged /usr',
    entries: [link('lib', 'usr/lib'), folder('usr'), folder('usr/lib'), file('lib/x', '1'), link('bin', '/usr/bin'), file('bin/sh', '2')],
    result: ['l bin -> /usr/bin', 'l lib -> usr/lib', 'd usr', 'd usr/bin', 'f usr/bin/sh 2', 'd usr/lib', 'f usr/lib/x 1'],
  },
  { what: 'a whiteout', entries: [file('d/.wh.gone')], result: ['d d', 'w d/gone'] },
  {
    what: 'a whiteout below a name that is a link further down',
    entries: [file('localetc/.wh.passwd')],
    result: ['d localetc', 'w localetc/passwd'],
  },
  {
    what: 'a whiteout through a link that leads out',
    entries: [link('lv', '../victim'), file('lv/.wh.hello')],
    result: ['l lv -> ../victim', 'd victim', 'w victim/hello'],
  },
  { what: 'a whiteout after its own name', entries: [file('f', 'x'), file('.wh.f')], result: ['f f x'] },
  { what: 'a whiteout before its own name', entries: [file('.wh.f'), file('f', 'x')], result: ['f f x'] },
  { what: 'a whiteout after a folder', entries: [folder('d'), file('d/x'), file('.wh.d')], result: ['o d', 'f d/x '] },
  { what: 'a whiteout before a folder', entries: [file('.wh.d'), folder('d'), file('d/x')], result: ['o d', 'f d/x '] },
  { what: 'a whiteout before an unnamed folder', entries: [file('.wh.d'), file('d/x')], result: ['o d', 'f d/x '] },
  { what: 'a whiteout twice', entries: [file('.wh.d'), file('.wh.d')], result: ['w d'] },
  { what: 'a whiteout of nothing', entries: [file('.wh.')], result: /removes nothing that has a name/ },
  { what: 'a whiteout of ..', entries: [file('d/.wh...')], result: /removes nothing that has a name/ },
  { what: 'a whiteout of .', entries: [file('d/.wh..')], result: /removes nothing that has a name/ },
  { what: 'aufs’s own names', entries: [file('.wh..wh.aufs'), folder('.wh..wh.plnk'), file('x')], result: ['f x '] },
  { what: 'opaque before its siblings', entries: [folder('d'), file('d/.wh..wh..opq'), file('d/x')], result: ['o d', 'f d/x '] },
  { what: 'opaque after its siblings', entries: [file('d/x'), file('d/.wh..wh..opq')], result: ['o d', 'f d/x '] },
  {
    what: 'opaque beside a link that leads out',
    entries: [folder('d'), link('d/l', '/../../etc/shadow'), file('d/.wh..wh..opq')],
    result: ['o d', 'l d/l -> /../../etc/shadow'],
  },
  { what: 'an opaque root folder', entries: [file('.wh..wh..opq'), file('x')], result: ['f x '] },
  {
    what: 'devices, and one that looks like a whiteout',
    entries: [
      { name: 'null', flag: '3', device: [1, 3] },
      { name: 'sda', flag: '4', device: [8, 0] },
      { name: 'zero', flag: '3', device: [0, 0] },
      hardLink('also-null', 'null'),
      { name: 'fifo', flag: '6' },
    ],
    result: ['p fifo'],
  },
  { what: 'a device in place of a file', entries: [file('x'), { name: 'x', flag: '3', device: [0, 0] }], result: [] },
  { what: 'a hard link to a whiteout', entries: [file('.wh.x'), hardLink('y', 'x')], result: /does not have/ },
  {
    what: 'overlayfs’s own attributes',
    entries: [{ ...folder('d'), pax: { 'SCHILY.xattr.user.overlay.opaque': 'y', 'SCHILY.xattr.user.overlay.redirect': '/etc' } }],
    result: ['d d'],
  },
  { what: 'a hard link before its target', entries: [hardLink('a', 'b'), file('b', 'x')], result: ['f a x', 'f b x'] },
  {
    what: 'hard links that wait for each other',
    entries: [hardLink('a', 'b'), hardLink('b', 'c'), file('c', 'x')],
    result: ['f a x', 'f b x', 'f c x'],
  },
  { what: 'a hard link to a link', entries: [link('l', '/x'), hardLink('h', 'l')], result: ['l h -> /x', 'l l -> /x'] },
  {
    what: 'a hard link that its own file replaces',
    entries: [hardLink('a', 'b'), file('a', 'x'), file('b', 'y')],
    result: ['f a x', 'f b y'],
  },
  { what: 'a folder in place of a file', entries: [file('x'), folder('x')], result: ['d x'] },
  { what: 'a file in place of a full folder', entries: [file('x/y/z'), file('x', '1')], result: ['f x 1'] },
  {
    what: 'a folder whose parent was replaced by a link',
    entries: [file('a/b/c'), link('a', 'other'), file('a/b/d', '1')],
    result: ['l a -> other', 'd other', 'd other/b', 'f other/b/d 1'],
  },
  { what: 'a name of 255 bytes', entries: [file(long)], result: [`f ${long} `] },
  { what: 'a name of 256 bytes', entries: [file(`${long}n`)], result: /too long/ },
  {
    what: 'bytes that are not UTF-8',
    entries: [file('\xff\xfe'), { ...file('x'), pax: { path: 'p\xff' } }],
    result: ['f p\xff ', 'f \xff\xfe '],
  },
  {
    what: 'control characters and a name like a flag',
    entries: [file('a\nb'), file('\x1b[31m'), file('-rf'), file(' ')],
    result: ['f \x1b[31m ', 'f   ', 'f -rf ', 'f a\nb '],
  },
  { what: 'a NUL in a PAX path', entries: [{ ...file('x'), pax: { path: 'a\0b' } }], result: /NUL byte/ },
  { what: 'a NUL in a PAX link', entries: [{ ...link('x', 'y'), pax: { linkpath: 'a\0b' } }], result: /NUL byte/ },
  { what: 'names that differ in case', entries: [file('Name', '1'), file('name', '2')], result: ['f Name 1', 'f name 2'] },
  {
    what: 'an owner without a number',
    entries: [{ ...file('x'), uid: 4294967295 }],
    result: /"x" belongs to user id 4294967295.*\/etc\/subuid/,
  },
  { what: 'an owner outside the map', entries: [{ ...file('x'), uid: 200_000 }], result: /"x" belongs to user id 200000.*\/etc\/subuid/ },
  { what: 'a group outside the map', entries: [{ ...folder('d'), gid: 200_000 }], result: /"d" belongs to group id 200000.*\/etc\/subgid/ },
  { what: 'a negative owner', entries: [{ ...file('x'), uid: -1 }], result: /"x" belongs to user id -1/ },
  { what: 'an unknown type', entries: [{ ...file('x'), flag: 'V' }], result: /unknown type "V"/ },
];

for (const { what, entries, result } of cases) {
  test(`a layer with ${what} ${result instanceof RegExp ? 'is refused' : 'stays inside'}, and its neighbours are as before`, async () => {
    const { base, folder: layer, victim } = target();
    const before = outside(base);
    const named = entries.map(entry => ({
      ...entry,
      name: entry.name.replace('VICTIM', victim),
      ...(entry.linkName === undefined ? {} : { linkName: entry.linkName.replace('VICTIM', victim) }),
    }));
    const unpacking = runUnpack(home.deps, Readable.from([rawTar(named)]), layer);
    if (!(result instanceof RegExp)) {
      await unpacking;
      assert.deepEqual(listing(layer), result);
    } else if (result.source === '.') {
      await unpacking;
    } else {
      await assert.rejects(unpacking, { name: 'UserError', message: result });
    }
    assert.equal(outside(base), before);
  });
}
