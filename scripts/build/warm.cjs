'use strict';
// One role's bundle, run as the executable's bootstrap runs it, that leaves a code cache of what was called. It lies as `main.ts` in the
// warm-up's folder (see warm-up.ts), where the program looks for itself when it is not the executable: so each process it starts is
// warmed too. The cache is read first: each run adds the functions it called to those of the runs before.
const { existsSync, ftruncateSync, openSync, readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const role = { __monitor: 'monitor', __worker: 'worker' }[process.argv[2]] ?? 'cli';
const cache = join(__dirname, 'caches', `${role}.cache`);
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script(readFileSync(join(__dirname, `${role}.js`), 'latin1'), { filename: `tsdocker-${role}.js`, cachedData });
// Opened now, since a worker changes its root.
const output = openSync(cache, cachedData ? 'r+' : 'w');
process.on('exit', () => {
  const compiled = script.createCachedData();
  ftruncateSync(output);
  writeSync(output, compiled, 0, compiled.length, 0);
});
globalThis.tsdockerUrl = pathToFileURL(join(__dirname, 'linux', 'self.ts')).href;
script.runInThisContext()(require);
