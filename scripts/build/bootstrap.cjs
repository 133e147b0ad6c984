'use strict';
// The single executable's main script. Node's own code cache for it holds no function that is compiled on its first call, so the
// program itself is an asset per role, compiled here with a cache that has what a real start needs.
const { getRawAsset } = require('node:sea');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const role = { __monitor: 'monitor', __worker: 'worker' }[process.argv[2]] ?? 'cli';
const source = Buffer.from(getRawAsset(`${role}.js`)).latin1Slice();
// A cache that does not fit this processor or these V8 flags is ignored by V8: slower, not wrong.
const script = new Script(source, { filename: `tsdocker-${role}.js`, cachedData: Buffer.from(getRawAsset(`${role}.cache`)) });
// What bundled modules take for `import.meta.url`.
globalThis.tsdockerUrl = pathToFileURL(process.execPath).href;
script.runInThisContext()(require);
