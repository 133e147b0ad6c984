import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { type ContainerBed, openContainerBed } from '../support/container-bed.ts';
import { busyboxTar } from '../support/images.ts';
import { type Answer, type RunningRegistry, startDockerRegistry, startScriptedRegistry } from '../support/registry.ts';
import { makeImage, pushImage, serveImage, sha256, type TestImage } from '../support/registry-image.ts';
import { rawTar } from '../support/tar.ts';

/** A user who has no subordinate ids anywhere. */
const NOBODY = 65534;

let bed: ContainerBed;
let registry: RunningRegistry;
before(async () => {
  bed = await openContainerBed();
  registry = await startDockerRegistry();
});
after(async () => {
  await bed.close();
  await registry[Symbol.asyncDispose]();
});

const store = (...names: readonly string[]) => join(bed.home, '.local/share/tsdocker', ...names);
/** Names of whole, half and condemned layers. */
const layersOnDisk = () => (existsSync(store('layers')) ? readdirSync(store('layers')).sort() : []);

/** An image with one layer of that many incompressible bytes. */
async function bigImage(bytes: number, seed: string): Promise<TestImage> {
  const content = Buffer.alloc(bytes);
  for (let at = 0, value = seed.charCodeAt(0); at < bytes; at++) {
    value = (Math.imul(value, 1103515245) + 12345) & 0x7fffffff;
    content[at] = value >> 16;
  }
  return await makeImage({ layers: [{ files: { big: content } }, { files: { small: seed } }] });
}

test('three layers with whiteouts and an opaque folder become the files that the last one means', async () => {
  const { domain } = registry;
  const image = await layeredImage([
    await busyboxTar(),
    rawTar([
      { name: 'data/', flag: '5' },
      { name: 'data/kept', content: 'one' },
      { name: 'data/removed', content: 'one' },
      { name: 'hidden/', flag: '5', mode: 0o700, uid: 1000 },
      { name: 'hidden/below', content: 'one' },
      { name: 'replaced/', flag: '5' },
      { name: 'replaced/by', content: 'a file' },
    ]),
    rawTar([
      { name: 'data/.wh.removed' },
      { name: 'data/added', content: 'two' },
      { name: 'hidden/', flag: '5', mode: 0o750, uid: 1000 },
      { name: 'hidden/above', content: 'two' },
      { name: 'hidden/.wh..wh..opq' },
      { name: 'replaced', content: 'now a file' },
    ]),
  ]);
  await pushImage(domain, 'layered', 'latest', image);
  await bed.ok(['pull', `${domain}/layered`]);
  const script = 'cd /; find data hidden replaced | sort; cat replaced; stat -c %a:%u hidden; rm data/kept; mkdir data/kept; ls data';
  const expected = 'data\ndata/added\ndata/kept\nhidden\nhidden/above\nreplaced\nnow a file750:1000\nadded\nkept\n';
  for (const driver of ['overlay', 'fuse-overlayfs', 'vfs']) {
    const { stdout } = await bed.ok(['-s', driver, 'run', '--rm', '--network', 'none', `${domain}/layered`, 'sh', '-c', script]);
    assert.equal(stdout, expected, driver);
  }
});

/** An image of whole tars, whiteouts and all. */
async function layeredImage(tars: readonly Buffer[]): Promise<TestImage> {
  const packed = tars.map(tar => gzipSync(tar, { level: 1 }));
  const image = await makeImage({
    layers: [],
    config: { rootfs: { type: 'layers', diff_ids: tars.map(sha256) } },
    manifest: honest => ({
      ...honest,
      layers: packed.map(bytes => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: sha256(bytes),
        size: bytes.length,
      })),
    }),
  });
  return { ...image, blobs: new Map([...image.blobs, ...packed.map(bytes => [sha256(bytes), bytes] as const)]) };
}

test('an unknown image, tag and digest are refused in docker’s words', async () => {
  const { domain } = registry;
  await pushImage(domain, 'known', 'latest', await makeImage({}));
  const absent = `sha256:${'0'.repeat(64)}`;
  await bed.refuses(['pull', `${domain}/known:nope`], 1, /manifest for .*\/known:nope not found: manifest unknown/);
  await bed.refuses(['pull', `${domain}/known@${absent}`], 1, /manifest for .* not found: manifest unknown/);
  await bed.refuses(['pull', `${domain}/unknown`], 1, /not found|repository does not exist/);
  await bed.refuses(['pull', `${domain}/UPPER`], 1, /invalid reference format: repository name .* must be lowercase/);
  await bed.refuses(['run', '--rm', `${domain}/known:nope`, 'true'], 125, /Unable to find image '.*' locally\n(.|\n)*manifest unknown/);
});

test('a registry that is not there is told in one sentence', async () => {
  const gone = await startScriptedRegistry(() => {});
  await gone[Symbol.asyncDispose]();
  await bed.refuses(['pull', `${gone.domain}/x`], 1, /refused/);
});

interface Fault {
  readonly what: string;
  readonly stderr: RegExp;
  readonly answer: (image: TestImage) => Answer;
}
const blobOf = (image: TestImage, index: number): string => image.layers[index]?.digest ?? '';
const faults: readonly Fault[] = [
  {
    what: 'a layer with other bytes than its digest says',
    stderr: /digest|does not match|mismatch/i,
    answer: image =>
      serveImage(image, ({ url }, response) => {
        if (!url?.endsWith(blobOf(image, 0))) return false;
        const bytes = Buffer.from(image.blobs.get(image.layers[0]?.digest ?? `sha256:`) ?? '');
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 0xff, bytes.length - 9);
        response.end(bytes);
        return true;
      }),
  },
  {
    what: 'a manifest that is rubbish',
    stderr: /manifest/,
    answer: image =>
      serveImage(image, ({ url }, response) => {
        if (!url?.includes('/manifests/')) return false;
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('<html>\u001b[31mno registry</html>');
        return true;
      }),
  },
  {
    what: 'a registry that cuts each line after a few bytes',
    stderr: /./,
    answer: image =>
      serveImage(image, ({ url }, response) => {
        if (!url?.includes('/blobs/')) return false;
        response.writeHead(200, { 'Content-Length': 100_000 });
        response.write('x', () => response.destroy());
        return true;
      }),
  },
];
for (const { what, stderr, answer } of faults) {
  test(`${what}: one sentence, exit code 1, and nothing is kept`, async () => {
    const before = layersOnDisk();
    const image = await makeImage({ layers: [{ files: { faulty: what } }] });
    await using scripted = await startScriptedRegistry(answer(image));
    const result = await bed.tsdocker(['pull', `${scripted.domain}/faulty`], { timeoutMs: 120_000 });
    assert.equal(result.exitCode, 1, result.stderr);
    assert.match(result.stderr, stderr);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
    assert.ok(!result.stderr.includes('\x1b'), 'control characters of the registry reach the terminal');
    assert.ok(result.stderr.trimEnd().split('\n').length <= 2, result.stderr);
    assert.deepEqual(layersOnDisk(), before);
  });
}

test('Ctrl-C stops a pull from a registry that hangs at once, and nothing is kept', async () => {
  const before = layersOnDisk();
  const image = await makeImage({ layers: [{ files: { hanging: 'x' } }] });
  const asked = Promise.withResolvers<void>();
  await using scripted = await startScriptedRegistry(
    serveImage(image, ({ url }, response) => {
      if (!url?.endsWith(blobOf(image, 0))) return false;
      response.writeHead(200, { 'Content-Length': image.layers[0]?.size ?? 0 }).flushHeaders();
      asked.resolve();
      return true;
    }),
  );
  const running = bed.start(['pull', `${scripted.domain}/hanging`]);
  await asked.promise;
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  assert.deepEqual({ exitCode, stderr }, { exitCode: 130, stderr: 'tsdocker: interrupted\n' });
  assert.deepEqual(layersOnDisk(), before);
});

test('a pull that was killed at any moment leaves a store in which everything works, and the next one completes', async () => {
  const moments = [0, 1, 2, 3, 4, 5];
  for (const moment of moments) {
    const image = await bigImage(6 * 2 ** 20, `killed ${moment}`);
    const whole = Promise.withResolvers<void>();
    let chunks = 0;
    await using scripted = await startScriptedRegistry(
      serveImage(image, ({ url }, response) => {
        if (!url?.endsWith(blobOf(image, 0))) return false;
        const bytes = image.blobs.get(image.layers[0]?.digest ?? 'sha256:') ?? Buffer.alloc(0);
        const part = Math.ceil((bytes.length * moment) / (moments.length - 1));
        response.writeHead(200, { 'Content-Length': bytes.length });
        if (chunks++ > 0) response.end(bytes);
        else response.write(bytes.subarray(0, part), () => whole.resolve());
        return true;
      }),
    );
    const name = `${scripted.domain}/killed`;
    const running = bed.start(['pull', name]);
    await whole.promise;
    running.kill('SIGKILL');
    await running;
    assert.doesNotMatch(await bed.says('images'), /killed/);
    await bed.ok(['pull', '-q', name]);
    assert.match(await bed.says('images', '-q', name), /^[0-9a-f]{12}$/);
    await bed.ok(['rmi', name]);
    assert.deepEqual(
      layersOnDisk().filter(layer => layer.startsWith('.')),
      [],
      `moment ${moment}`,
    );
  }
});

test('two pulls of one image at once both succeed, and its layers come once', async () => {
  const image = await bigImage(4 * 2 ** 20, 'twice');
  await using scripted = await startScriptedRegistry(serveImage(image));
  const name = `${scripted.domain}/twice`;
  await Promise.all([bed.ok(['pull', name]), bed.ok(['pull', name]), bed.ok(['pull', name])]);
  for (const { digest } of image.layers) {
    assert.equal(scripted.requests.filter(({ line }) => line.endsWith(digest)).length, 1, digest);
  }
  await bed.ok(['rmi', name]);
});

test('a full disk is told in one sentence, and the store is usable afterwards', {
  skip: process.getuid?.() !== 0 && 'needs root for a tmpfs',
}, async t => {
  const root = join(bed.home, 'small');
  mkdirSync(root);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', root]);
  t.after(() => execFileSync('umount', ['-l', root]));
  chownSync(root, bed.uid, bed.uid);
  await pushImage(registry.domain, 'toobig', 'latest', await bigImage(16 * 2 ** 20, 'full'));
  await bed.refuses(['--root', root, 'pull', `${registry.domain}/toobig`], 1, /no space left on device/);
  assert.equal((await bed.ok(['--root', root, 'images', '-q'])).stdout, '');
  assert.deepEqual(readdirSync(join(root, 'layers')), []);
  await pushImage(registry.domain, 'fits', 'latest', await bigImage(2 ** 20, 'fits'));
  await bed.ok(['--root', root, 'pull', '-q', `${registry.domain}/fits`]);
});

test('an image that a container uses is not removed, and runs on when it is forced out of the list', async () => {
  const name = `${registry.domain}/used`;
  await pushImage(
    registry.domain,
    'used',
    'latest',
    await layeredImage([await busyboxTar(), rawTar([{ name: 'used', content: 'still here\n' }])]),
  );
  await bed.ok(['pull', '-q', name]);
  await bed.ok(['run', '-d', '--name', 'user', '--network', 'none', name, 'sleep', '600']);
  await bed.refuses(['rmi', name], 1, /unable to (remove repository reference|delete) .*(container|being used)/);
  assert.equal(await bed.says('exec', 'user', 'cat', '/used'), 'still here');
  await bed.ok(['rm', '-f', 'user']);
  await bed.ok(['rmi', name]);
});

test('a user without subordinate ids pulls and runs, and is told what is missing', {
  skip: process.getuid?.() !== 0 && 'needs root for another user',
}, async t => {
  const name = `${registry.domain}/single`;
  await pushImage(
    registry.domain,
    'single',
    'latest',
    await layeredImage([await busyboxTar(), rawTar([{ name: 'owned', uid: 1000, gid: 1000, content: 'x' }])]),
  );
  const home = mkdtempSync('/tmp/tsd-single-');
  t.after(() => rmSync(home, { recursive: true }));
  chownSync(home, NOBODY, NOBODY);
  const binary = bed.commandLine([]).at(-1) ?? '';
  const as = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups', '--inh-caps=-all'];
  const single = (...args: readonly string[]) =>
    execa('setpriv', [...as, 'env', '-i', `HOME=${home}`, `XDG_RUNTIME_DIR=${home}`, `PATH=${bed.env.PATH}`, binary, ...args], {
      cwd: '/',
    });
  await single('pull', name);
  const { stdout, stderr } = await single(
    'run',
    '--rm',
    '--network',
    'none',
    name,
    'sh',
    '-c',
    'id -u; cat /owned; touch /new && stat -c %u /new',
  );
  assert.equal(stdout, '0\nx0');
  assert.match(stderr, /no subordinate ids.*usermod --add-subuids/);
  await single('rmi', name);
});
