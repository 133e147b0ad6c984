import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DriverName } from '../../src/store/drivers/index.ts';
import type { DescribedFile } from '../support/describe-tree.ts';
import { openWorkerHome, type WorkerHome } from '../support/worker-home.ts';

const setXattrFunction = `set_xattr() { ${process.execPath} ${join(import.meta.dirname, '../support/set-xattr.ts')} "$@"; }`;
const driverRunner = join(import.meta.dirname, '../support/mounted-root.ts');

/** What every driver has to do, in the user's namespace as the unprivileged user. */
export function layerDriverSuite(name: DriverName, { refusedPaths = [] }: { refusedPaths?: readonly string[] } = {}): void {
  let home: WorkerHome;
  before(() => {
    home = openWorkerHome();
  });
  after(() => home.remove());

  /** Makes layers by shell scripts, lowest first, each run in a folder of its own. */
  const makeLayers = async (parent: string, scripts: readonly string[]): Promise<string[]> => {
    const layers: string[] = [];
    for (const [index, script] of scripts.entries()) {
      const layer = join(parent, `layer ${index}`, 'diff');
      await home.inNamespace(['sh', '-ec', `${setXattrFunction}; mkdir -p "$0" && cd "$0" && ${script}`, layer]);
      layers.push(layer);
    }
    return layers;
  };
  /** Mounts, runs a script in the root, and answers what it printed. */
  const inRoot = (parent: string, layers: readonly string[], script: string, disposable = false): Promise<string> => {
    const request = JSON.stringify({ layers, storage: join(parent, 'storage'), disposable });
    return home.inNamespace(['unshare', '-m', '--propagation', 'private', process.execPath, driverRunner, name, request, script]);
  };
  const folder = (prefix = 'plain'): string => {
    const made = mkdtempSync(join(home.home, `${prefix}-`));
    mkdirSync(join(made, 'storage'));
    return made;
  };

  test(`${name}: owners, setuid bits, times, links, fifos and capabilities come through`, async () => {
    const parent = folder();
    const layers = await makeLayers(parent, [
      'printf secret > shadow && chown 0:42 shadow && chmod 640 shadow; printf x > program && chown 1000:65535 program && chmod 6755 program;' +
        'ln shadow same; ln -s /nowhere absolute; mkfifo -m 622 queue; mkdir -m 1777 tmp; touch -d @1000000000.5 tmp/old;' +
        'touch able && set_xattr able security.capability 0100000200040000000000000000000000000000 && set_xattr able user.note 6e',
    ]);
    const files: Record<string, DescribedFile> = JSON.parse(await inRoot(parent, layers, 'describe'));
    const brief = (path: string) => `${files[path]?.type} ${files[path]?.mode} ${files[path]?.owner}`;
    assert.equal(brief('shadow'), 'f 640 0:42');
    assert.equal(brief('program'), 'f 6755 1000:65535');
    assert.equal(brief('queue'), 'p 622 0:0');
    assert.equal(brief('tmp'), 'd 1777 0:0');
    assert.equal(files.absolute?.target, '/nowhere');
    assert.equal(files['tmp/old']?.mtime, '1000000000.500000000');
    assert.deepEqual([files.shadow?.links, files.shadow?.inode], [2, files.same?.inode]);
    assert.equal(files.able?.xattrs['user.note'], '6e');
    assert.match(files.able?.xattrs['security.capability'] ?? '', /^010000020004/);
  });

  test(`${name}: whiteouts remove, opaque folders replace, types change`, async () => {
    const parent = folder();
    const layers = await makeLayers(parent, [
      'mkdir gone kept opaque turned; touch gone/a kept/a kept/b opaque/below turned/x; printf one > changed; printf f > file',
      'mknod gone c 0 0; mknod kept_a c 0 0; mkdir kept opaque file; mknod kept/a c 0 0; set_xattr opaque user.overlay.opaque 79; touch opaque/above file/in; printf two > changed; printf now > turned',
    ]);
    const shown = await inRoot(parent, layers, 'find . | sort; cat changed turned');
    assert.equal(shown, '.\n./changed\n./file\n./file/in\n./kept\n./kept/b\n./opaque\n./opaque/above\n./turned\ntwonow');
  });

  test(`${name}: what is written and removed is there at the next mount, and the layers are as before`, async () => {
    const parent = folder();
    const layers = await makeLayers(parent, ['mkdir d; printf one > d/f; printf gone > d/g; ln d/f d/h; printf mode > d/m']);
    await inRoot(
      parent,
      layers,
      'printf two > d/f; rm d/g; chown 7:8 d/m; chmod 4711 d/m; mkdir n; printf new > n/f; mv d e 2>/dev/null || cp -a d e',
    );
    assert.equal(
      await inRoot(parent, layers, 'cat n/f e/f; test -e e/g || echo " none"; stat -c "%a %u:%g" e/m'),
      'newtwo none\n4711 7:8\n',
    );
    const [layer = ''] = layers;
    assert.equal(
      await home.inNamespace(['sh', '-c', 'cd "$0" && cat d/f d/g d/h; stat -c " %a %u:%g" d/m', layer]),
      'onegoneone 644 0:0\n',
    );
  });

  test(`${name}: an opaque folder that the container makes stays so at the next mount`, async () => {
    const parent = folder();
    const layers = await makeLayers(parent, ['mkdir d; touch d/below']);
    await inRoot(parent, layers, 'rm -r d; mkdir d; touch d/above');
    assert.equal(await inRoot(parent, layers, 'ls d'), 'above\n');
  });

  test(`${name}: a container that goes with its process may be mounted again too`, async () => {
    const parent = folder();
    const layers = await makeLayers(parent, ['printf one > f']);
    await inRoot(parent, layers, 'printf two > f', true);
    assert.equal(await inRoot(parent, layers, 'cat f', true), 'two');
  });

  test(`${name}: 130 layers`, async () => {
    const parent = folder();
    const layers = Array.from({ length: 130 }, (_, index) => join(parent, 'a-name-as-long-as-a-digest-is'.repeat(2), `${index}`, 'diff'));
    for (const [index, layer] of layers.entries()) {
      mkdirSync(layer, { recursive: true });
      writeFileSync(join(layer, `file-${index}`), '');
      writeFileSync(join(layer, 'top'), `${index}`);
    }
    assert.equal(await inRoot(parent, layers, 'ls | wc -l; cat top'), '131\n129');
  });

  for (const prefix of ['co:lon', 'com,ma', 'sp ace', 'back\\slash', 'quo"te\'s', 'per%cent', 'ünï'] as const) {
    test(`${name}: a store whose path has ${prefix}`, async () => {
      const parent = folder(prefix);
      if (refusedPaths.includes(prefix)) return await assert.rejects(inRoot(parent, [], 'true'), /code: 'COLON_IN_PATH'/);
      const layers = await makeLayers(parent, ['printf one > f', 'printf two > g']);
      assert.equal(await inRoot(parent, layers, 'cat f g; printf three > h; cat h'), 'onetwothree');
    });
  }

  test(`${name}: an image without layers is an empty root that can be written`, async () => {
    assert.equal(await inRoot(folder(), [], 'ls; touch f; ls'), 'f\n');
  });

  test(`${name}: unmounting twice is no failure, and leaves no mount`, async () => {
    const parent = folder();
    assert.equal(await inRoot(parent, await makeLayers(parent, ['touch f']), 'unmount'), '0');
  });
}
