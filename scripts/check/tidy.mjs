/** Rules of tidiness that no linter knows: size of files, nothing that only holds on one machine, no leftovers. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listFiles, ROOT } from '../lib/files.mjs';

/** A file is about one subject; longer ones are about two. */
const MAX_LINES = 300;

/** The ratchet: files that are longer than MAX_LINES today and may only shrink. Take a line out when its file fits. */
const LONGER_TODAY = {
  'bpf/tailtrap.h': 660,
  'src/tracker/table.ts': 346,
  'src/tracker/tracker.ts': 445,
};

const FOLDERS = ['src', 'bpf', 'lua', 'scripts', 'test', 'examples', 'bin', '.ci'];
const CODE = /\.(ts|tsx|mjs|js|c|h|lua)$/;
/** Data of tests is what it is. */
const DATA = /\/(fixtures|data)\//;

/** Things that must not be in a file: pattern, why. */
const FORBIDDEN = [
  [/\/(?:home|Users)\/[a-z]/i, "a person's folder: make the path relative or configurable"],
  [/\b(?:test|describe|it)\.only\(/, 'runs one test and silently drops the others'],
  [/^(?:<{7}|={7}|>{7})(?: |$)/, 'a merge conflict'],
  [/\bdebugger;/, 'a leftover of debugging'],
  ...ownPlaces().map((place) => [new RegExp(literally(place)), 'a path of this machine']),
];

/** Where this checkout and its owner's home happen to be: in a committed file they hold nowhere else. */
function ownPlaces() {
  const places = [ROOT, `${dirname(ROOT)}/`, `${homedir()}/`];
  // The checkout may be at the top of an ordinary folder; those names are no secret of this machine.
  return places.filter((place) => !/^\/+(?:tmp|usr|opt|var|srv|mnt|usr\/src|var\/tmp)?\/*$/.test(place));
}

function literally(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * @param {string} path relative to the repository
 * @param {string} text
 * @param {Record<string, number>} [ratchet]
 * @returns {string[]} one line per violation
 */
export function tidyViolations(path, text, ratchet = LONGER_TODAY) {
  const lines = text.split('\n');
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const limit = ratchet[path] ?? MAX_LINES;
  const violations = [];
  if (CODE.test(path) && length > limit)
    violations.push(`${path}:${limit + 1}: ${length} lines, the limit is ${limit}`);
  if (path in ratchet && length <= MAX_LINES) violations.push(`${path}:1: fits now; take it out of LONGER_TODAY`);
  lines.forEach((line, index) => {
    for (const [pattern, why] of FORBIDDEN) {
      if (pattern.test(line)) violations.push(`${path}:${index + 1}: ${why}`);
    }
  });
  return violations;
}

/** Checks the repository. @returns {string[]} one line per violation */
export function checkTidy() {
  const files = FOLDERS.flatMap((folder) => listFiles(join(ROOT, folder), (path) => !DATA.test(path)));
  const self = 'scripts/check/tidy';
  const violations = files
    .map((file) => relative(ROOT, file))
    .filter((path) => !path.startsWith(self) && isText(path))
    .flatMap((path) => tidyViolations(path, readFileSync(join(ROOT, path), 'utf8')));
  return [...violations, ...checkLockFile()];
}

function isText(path) {
  return CODE.test(path) || /\.(md|json|ya?ml|sh)$/.test(path) || !/\.[^/]+$/.test(path);
}

/** A lock file that names one registry makes everyone else download from there. */
function checkLockFile() {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  return lockFileViolations(text);
}

export function lockFileViolations(text) {
  const hosts = new Set([...text.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]));
  hosts.delete('registry.npmjs.org');
  return hosts.size === 0 ? [] : ['package-lock.json:1: packages are resolved from a private registry'];
}
