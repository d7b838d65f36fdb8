/** node code-cache.cjs BUNDLE CACHE ENTRY ARGUMENT...: runs a bundle and stores what V8 compiled for it. */
const { readFileSync, writeFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const [path, cache, entry, ...args] = process.argv.slice(2);
process.argv.splice(2, process.argv.length, ...args);
const script = new Script(readFileSync(path, 'utf8'), { filename: path });
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
const module_ = { exports: {} };
script.runInThisContext()(require, module_, pathToFileURL(entry).href);
module_.exports.runProcess?.();
