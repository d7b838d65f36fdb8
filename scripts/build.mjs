#!/usr/bin/env node
/**
 * Builds dist/: TypeScript to JavaScript, bpf/*.bpf.c to BPF objects. Only what changed is built.
 *
 *     node scripts/build.mjs [--js | --bpf]      one of the two halves
 *
 * Exit status: 0 built; 1 it does not compile; 3 the JavaScript is built, but there is no BPF compiler (said how to get).
 */
import { fileURLToPath } from 'node:url';
import { buildBpf } from './lib/build-bpf.mjs';
import { buildBundle } from './lib/build-bundle.mjs';
import { buildJs } from './lib/build-js.mjs';
import { say } from './lib/say.mjs';

/** @returns {Promise<number>} exit status */
export async function build({ js = true, bpf = true } = {}) {
  const [jsResult, bpfStatus] = await Promise.all([js ? buildJs() : { code: 0, output: '' }, bpf ? buildBpf() : 0]);
  if (jsResult.output !== '') say(jsResult.output.trimEnd());
  if (jsResult.code !== 0) return 1;
  const bundled = js ? await buildBundle() : '';
  if (bundled !== '') say(bundled);
  return bpfStatus;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const js = !process.argv.includes('--bpf');
  const bpf = !process.argv.includes('--js');
  process.exit(await build({ js, bpf }));
}
