/** Was this module named on Node's command line? */
import { realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLAGS = ['--import', '--require', '-r'];

/**
 * @param execArgv Node's own arguments
 * @param nodeOptions NODE_OPTIONS
 * @param url of the module
 */
export function isPreloaded(execArgv: readonly string[], nodeOptions: string, url: string): boolean {
  const words = [...execArgv, ...wordsOf(nodeOptions)];
  const named = words.flatMap((word, i) => {
    if (FLAGS.includes(word)) return words[i + 1] ?? [];
    const at = word.indexOf('=');
    return at > 0 && FLAGS.includes(word.slice(0, at)) ? word.slice(at + 1) : [];
  });
  const file = realPath(fileURLToPath(url));
  return named.some((name) => name === 'tailtrap/node' || name === url || isFile(name, file));
}

/** As Node takes NODE_OPTIONS apart: double quotes hold spaces, and within them a backslash holds the next character. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"?/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1')),
  );
}

/** A path to the file, or to the folder that holds it, by whatever link. */
function isFile(name: string, file: string): boolean {
  let path: string;
  try {
    path = realPath(name.startsWith('file:') ? fileURLToPath(name) : resolve(name));
  } catch {
    return false; // a URL of no file
  }
  return path === file || (basename(file) === 'index.js' && path === dirname(file));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
