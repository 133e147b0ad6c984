'use strict';
// Runs one role's bundle as the executable's bootstrap does, and leaves the code cache of what was called:
//   node warm.cjs <bundle> <cache> <role> [argument…]
// The cache is read too, so that each run adds the functions it called to those of the runs before.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');

const [bundle, cache, role, ...args] = process.argv.slice(2);
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script(readFileSync(bundle, 'latin1'), { filename: `tsdocker-${role}.js`, cachedData });
if (script.cachedDataRejected) throw new Error(`V8 refused its own code cache ${cache}`);
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
process.argv = [process.execPath, 'tsdocker', ...args];
script.runInThisContext()(require);
