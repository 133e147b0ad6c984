import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli, fakeEngine } from '../../../support/cli.ts';

const details = {
  ApiVersion: '1.47',
  MinAPIVersion: '1.24',
  GitCommit: 'abc',
  GoVersion: 'v26.1.0',
  Os: 'linux',
  Arch: 'amd64',
  BuildTime: '2026-01-01T00:00:00Z',
  KernelVersion: '6.12',
};
const version = {
  Platform: { Name: 'tsdocker' },
  Components: [
    { Name: 'Engine', Version: '0.1.0', Details: details },
    { Name: 'crun', Version: '1.2', Details: { Path: '/usr/bin/crun' } },
  ],
  Version: '0.1.0',
};
const info = {
  ID: 'x',
  Containers: 3,
  ContainersRunning: 1,
  ContainersPaused: 0,
  ContainersStopped: 2,
  Images: 4,
  Driver: 'overlay',
  DriverStatus: [['Backing Filesystem', 'extfs']],
  Plugins: { Volume: ['local'], Network: ['bridge', 'none', 'host'], Authorization: null, Log: ['json-file', 'local', 'none'] },
  LoggingDriver: 'json-file',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  KernelVersion: '6.12',
  OperatingSystem: 'Debian GNU/Linux 13 (trixie)',
  OSType: 'linux',
  Architecture: 'x86_64',
  RegistryConfig: { InsecureRegistryCIDRs: ['127.0.0.0/8'], IndexConfigs: {}, Mirrors: ['https://m/'] },
  NCPU: 2,
  MemTotal: 8_000_000_000,
  DockerRootDir: '/home/u/.local',
  Debug: false,
  Name: 'host',
  ExperimentalBuild: false,
  ServerVersion: '0.1.0',
  Runtimes: { crun: {}, runc: {} },
  DefaultRuntime: 'crun',
  Swarm: { LocalNodeState: 'inactive' },
  LiveRestoreEnabled: true,
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'],
  Warnings: ['WARNING: No swap limit support'],
};
const engine = fakeEngine({ system: { version: async () => version, info: async () => info } });

test("version has docker's layout", async () => {
  const { stdout } = await cli(['version'], engine);
  assert.match(stdout, /^Client:\n Version: {11}\S+\n API version: {7}\S+\n/);
  assert.equal(
    stdout.slice(stdout.indexOf('Server:')),
    `Server: tsdocker
 Engine:
  Version:          0.1.0
  API version:      1.47 (minimum version 1.24)
  Node version:     v26.1.0
  Git commit:       abc
  Built:            2026-01-01T00:00:00Z
  OS/Arch:          linux/amd64
  Experimental:     false
 crun:
  Version:          1.2
  Path:             /usr/bin/crun
`,
  );
});

test('version answers templates and JSON', async () => {
  assert.equal((await cli(['version', '-f', '{{.Server.Version}}'], engine)).stdout, '0.1.0\n');
  assert.equal((await cli(['version', '-f', '{{range .Server.Components}}{{.Name}} {{end}}'], engine)).stdout, 'Engine crun \n');
  assert.deepEqual(JSON.parse((await cli(['version', '--format', 'json'], engine)).stdout).Server, version);
  assert.match((await cli(['version', '-f', '{{.Foo}}'], engine)).stderr, /can't evaluate field Foo in type system\.versionInfo/);
});

test("info has docker's layout, its warnings on standard error", async () => {
  const { stdout, stderr } = await cli(['info'], engine);
  assert.equal(
    stdout.slice(stdout.indexOf('Server:')),
    `Server:
 Containers: 3
  Running: 1
  Paused: 0
  Stopped: 2
 Images: 4
 Server Version: 0.1.0
 Storage Driver: overlay
  Backing Filesystem: extfs
 Logging Driver: json-file
 Cgroup Driver: systemd
 Cgroup Version: 2
 Plugins:
  Volume: local
  Network: bridge none host
  Log: json-file local none
 Swarm: inactive
 Runtimes: crun runc
 Default Runtime: crun
 Security Options:
  seccomp
   Profile: builtin
  rootless
  cgroupns
 Kernel Version: 6.12
 Operating System: Debian GNU/Linux 13 (trixie)
 OSType: linux
 Architecture: x86_64
 CPUs: 2
 Total Memory: 7.451GiB
 Name: host
 ID: x
 Docker Root Dir: /home/u/.local
 Debug Mode: false
 Experimental: false
 Insecure Registries:
  127.0.0.0/8
 Registry Mirrors:
  https://m/
 Live Restore Enabled: true

`,
  );
  assert.equal(stderr, 'WARNING: No swap limit support\n');
});

test('info answers templates and JSON', async () => {
  assert.equal(
    (await cli(['system', 'info', '-f', '{{.Driver}} {{.NCPU}} {{json .DriverStatus}}'], engine)).stdout,
    'overlay 2 [["Backing Filesystem","extfs"]]\n',
  );
  assert.equal(JSON.parse((await cli(['info', '-f', 'json'], engine)).stdout).Images, 4);
});
