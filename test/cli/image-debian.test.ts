import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { mediaTypes } from '../../src/core/oci-image.ts';
import { openTestbed, type Result, type Testbed } from '../support/binary.ts';
import { debianTar } from '../support/images.ts';
import { type RunningRegistry, startDockerRegistry } from '../support/registry.ts';
import { pushManifest } from '../support/registry-image.ts';
import { pushWithSkopeo } from '../support/skopeo.ts';
import { rawTar } from '../support/tar.ts';
import { openTerminal } from '../support/terminal.ts';

let bed: Testbed;
let registry: RunningRegistry;
/** Of its own, since skopeo takes a layer that a registry has, however it is packed. */
let dockerRegistry: RunningRegistry;
let folder: string;
const digests = { oci: '', docker: '' };

before(async () => {
  bed = await openTestbed();
  registry = await startDockerRegistry();
  dockerRegistry = await startDockerRegistry();
  folder = mkdtempSync(join(tmpdir(), 'tsdocker-debian-'));
  const debian = await debianTar();
  const capable = join(folder, 'capable.tar');
  writeFileSync(capable, await capableTar(debian));
  const layers = [debian, capable];
  digests.oci = await pushWithSkopeo(registry.domain, 'debian:oci', { layers, format: 'oci', compression: 'zstd' });
  digests.docker = await pushWithSkopeo(dockerRegistry.domain, 'debian:docker', { layers, format: 'v2s2' });
  await pushIndex(dockerRegistry.domain, digests.docker);
});
after(async () => {
  await bed.close();
  await registry[Symbol.asyncDispose]();
  await dockerRegistry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Debian's own chown with the capability to give files away, as `setcap cap_chown+ep` makes it. */
async function capableTar(debian: string): Promise<Buffer> {
  const { stdout: chown } = await execa('tar', ['-xOf', debian, './usr/bin/chown'], { encoding: 'buffer' });
  const VFS_CAP_REVISION_2_EFFECTIVE = 0x02000001;
  const CAP_CHOWN_BIT = 1;
  const capability = Buffer.alloc(20);
  capability.writeUInt32LE(VFS_CAP_REVISION_2_EFFECTIVE, 0);
  capability.writeUInt32LE(CAP_CHOWN_BIT, 4);
  const pax = { 'SCHILY.xattr.security.capability': capability.toString('latin1') };
  return rawTar([
    { name: 'usr/local/bin/', flag: '5' },
    { name: 'usr/local/bin/give', content: Buffer.from(chown), mode: 0o755, pax },
    { name: 'usr/local/bin/give-too', flag: '1', linkName: 'usr/local/bin/give' },
  ]);
}

async function pushIndex(domain: string, digest: string): Promise<void> {
  const path = `http://${domain}/v2/debian/manifests/${digest}`;
  const size = (await (await fetch(path, { headers: { Accept: mediaTypes.dockerManifest } })).arrayBuffer()).byteLength;
  const of = (architecture: string) => ({ mediaType: mediaTypes.dockerManifest, digest, size, platform: { os: 'linux', architecture } });
  const machine = process.arch === 'x64' ? 'amd64' : process.arch;
  const index = { schemaVersion: 2, mediaType: mediaTypes.dockerIndex, manifests: [of(machine)] };
  await pushManifest(domain, 'debian', 'index', Buffer.from(JSON.stringify(index)), mediaTypes.dockerIndex);
}

const ok = async (...args: readonly string[]): Promise<Result> => {
  const result = await bed.tsdocker(args, { timeoutMs: 120_000 });
  assert.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
  return result;
};
const inDebian = async (script: string, ...flags: readonly string[]): Promise<string> =>
  (await ok('run', '--rm', '--network', 'none', ...flags, `${registry.domain}/debian:oci`, 'sh', '-ec', script)).stdout;

test('a Debian of zstd layers in an OCI image is pulled, with docker’s lines in a pipe', async () => {
  const name = `${registry.domain}/debian:oci`;
  const { stdout } = await ok('pull', name);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines[0], `oci: Pulling from ${registry.domain}/debian`);
  for (const said of ['Pulling fs layer', 'Download complete', 'Pull complete'])
    assert.equal(lines.filter(line => new RegExp(`^[0-9a-f]{12}: ${said}$`).test(line)).length, 2, stdout);
  assert.deepEqual(lines.slice(-3), [`Digest: ${digests.oci}`, `Status: Downloaded newer image for ${name}`, name]);
});

test('the same image, packed otherwise in docker’s own format, is pulled by digest without fetching a layer again', async () => {
  const name = `${dockerRegistry.domain}/debian@${digests.docker}`;
  const { stdout } = await ok('pull', name);
  assert.doesNotMatch(stdout, /^[0-9a-f]{12}: /m);
  assert.match(stdout, new RegExp(`\nDigest: ${digests.docker}\nStatus: Downloaded newer image for ${name}\n${name}\n$`));
});

test('an index leads to the image of this machine', async () => {
  await ok('pull', '-q', `${dockerRegistry.domain}/debian:index`);
  const id = (name: string) => ok('image', 'inspect', '-f', '{{.Id}}', `${dockerRegistry.domain}/debian${name}`);
  assert.equal((await id(':index')).stdout, (await id(`@${digests.docker}`)).stdout);
});

test('owners and modes in the container are those of the distribution', async () => {
  const stat = await inDebian('stat -c "%a %U:%G %n" /etc/shadow /usr/bin/passwd /usr/bin/chage /var/mail /tmp');
  assert.equal(
    stat,
    '640 root:shadow /etc/shadow\n4755 root:root /usr/bin/passwd\n2755 root:shadow /usr/bin/chage\n2775 root:mail /var/mail\n1777 root:root /tmp\n',
  );
});

test('hard links are still links', async () => {
  const [links, first, second] = (await inDebian('cd /usr/local/bin; stat -c "%h %i" give give-too')).match(/\d+/g) ?? [];
  assert.deepEqual([links, first], ['2', (await inDebian('stat -c %i /usr/local/bin/give-too')).trim()]);
  assert.equal(second, '2');
});

test('dpkg finds every file of every package as it was packed', async () => {
  assert.equal(await inDebian('dpkg --verify && dpkg --audit && echo all of them'), 'all of them\n');
});

test('a setuid program has its owner’s powers', async () => {
  assert.match(await inDebian('su -s /bin/sh -c "passwd -S nobody" nobody; grep -c . /etc/passwd'), /^nobody /);
});

test('a program with file capabilities has them', async () => {
  const giveAway = (program: string) =>
    inDebian(`touch /tmp/gift; ${program} root /tmp/gift 2>&1 || true; stat -c %U /tmp/gift`, '--user', 'nobody');
  assert.match(await giveAway('chown'), /Operation not permitted\nnobody\n$/);
  assert.equal(await giveAway('/usr/local/bin/give'), 'root\n');
});

test('a container’s own packages and users can be changed', async () => {
  const script =
    'useradd -m someone && su someone -c "id -un; touch ~/file" && stat -c %U /home/someone/file && dpkg -r --force-all tzdata >/dev/null && test ! -e /usr/share/zoneinfo/UTC';
  assert.equal(await inDebian(script), 'someone\nsomeone\n');
});

test('bash runs in a real terminal', async t => {
  const name = `${registry.domain}/debian:oci`;
  const screen = await openTerminal(bed.commandLine(['run', '-it', '--rm', '--network', 'none', '-h', 'deb', name, 'bash']));
  t.after(() => screen.close());
  await screen.see(/root@deb:\/# ?$/m);
  await screen.type('cat /etc/debian_version | head -c 3; tty; echo $((6*7)) | sed s/^/is/\n');
  await screen.see(/12\.\/dev\/pts\/0\nis42/);
  await screen.press('C-d');
  await screen.see(/\[exit 0\]/);
});

test('on a terminal a pull draws each layer, and leaves the same last lines', async t => {
  await ok('rmi', '-f', ...new Set((await ok('images', '-q')).stdout.trim().split('\n')));
  const name = `${dockerRegistry.domain}/debian:docker`;
  const screen = await openTerminal(bed.commandLine(['pull', name]));
  t.after(() => screen.close());
  await screen.see(/[0-9a-f]{12}: (Downloading \[=*>? *\] [\d.]+[kM]?B\/[\d.]+[kM]?B|Extracting)/);
  const shown = await screen.see(/\[exit 0\]/, { timeoutMs: 120_000 });
  assert.equal(shown.match(/Pulling from/g)?.length, 1, shown);
  assert.match(shown, new RegExp(`Digest: ${digests.docker}\nStatus: Downloaded newer image for ${name}\n${name}\n\\[exit 0\\]`));
  assert.equal(shown.match(/Pull complete/g)?.length, 2, shown);
});

test('a removed image leaves nothing but its empty folders', async () => {
  await ok('rmi', `${dockerRegistry.domain}/debian:docker`);
  assert.equal((await ok('images', '-aq')).stdout, '');
  const { stdout } = await execa('find', [
    join(bed.home, '.local/share/tsdocker'),
    '-path',
    '*/layers/*',
    '-o',
    '-path',
    '*/blobs/sha256/*',
  ]);
  assert.equal(stdout, '');
  assert.ok(statSync(bed.home).isDirectory());
});
