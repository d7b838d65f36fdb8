/** Was this module named on Node's command line? */
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLAGS = ['--import', '--require', '-r'];

/**
 * @param execArgv Node's own arguments
 * @param nodeOptions NODE_OPTIONS
 * @param url of the module
 */
export function isPreloaded(execArgv: readonly string[], nodeOptions: string, url: string): boolean {
  const words = [...execArgv, ...nodeOptions.split(/\s+/)];
  const named = words.flatMap((word, i) => {
    if (FLAGS.includes(word)) return words[i + 1] ?? [];
    const at = word.indexOf('=');
    return at > 0 && FLAGS.includes(word.slice(0, at)) ? word.slice(at + 1) : [];
  });
  return named.some((name) => {
    const plain = name.replace(/^["']|["']$/g, '');
    return plain === 'tailtrap/node' || plain === url || isFile(plain, fileURLToPath(url));
  });
}

/** A path to the file, or to the folder that holds it. */
function isFile(name: string, file: string): boolean {
  const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(name);
  return path === file || (basename(file) === 'index.js' && path === dirname(file));
}
