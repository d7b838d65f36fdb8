/**
 * The floors of the house: a room (folder of src/) imports only from rooms below it, and from outside the package only
 * what the table grants it. ARCHITECTURE.md says why.
 */
import { readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { listFiles, ROOT } from '../lib/files.mjs';
import { importsOf } from './source.mjs';

// browser: the room also runs in a web page; `node:*` only in files named node.ts or *.node.ts.
// node:    the room lives on a server; `node:*` anywhere. A room with neither uses no Node module at all.
const FLOORS = {
  base: { rooms: [], packages: [], runs: 'browser' },
  tracker: { rooms: ['base'], packages: [], runs: 'anywhere' },
  node: { rooms: ['tracker', 'base'], packages: [], runs: 'node' },
  trace: { rooms: ['base'], packages: [], runs: 'browser' },
  ctf: { rooms: ['trace', 'base'], packages: [], runs: 'browser' },
  lttng: { rooms: ['ctf', 'trace', 'base'], packages: [], runs: 'node' },
  kernel: { rooms: ['ctf', 'trace', 'tracker', 'base'], packages: ['koffi'], runs: 'node' },
  state: { rooms: ['trace', 'base'], packages: ['@redis/client'], runs: 'browser' },
  analyses: { rooms: ['state', 'trace', 'tracker', 'base'], packages: [], runs: 'browser' },
  agent: {
    rooms: ['kernel', 'ctf', 'lttng', 'analyses', 'state', 'tracker', 'base'],
    packages: ['yaml'],
    runs: 'node',
  },
  hub: { rooms: ['state', 'tracker', 'base'], packages: ['yaml'], runs: 'node' },
  console: { rooms: [], typesFrom: ['hub', 'agent'], packages: ['preact', 'uplot'], runs: 'anywhere' },
  cli: {
    rooms: ['hub', 'agent', 'analyses', 'state', 'kernel', 'lttng', 'ctf', 'trace', 'tracker', 'base'],
    packages: ['yaml'],
    runs: 'node',
  },
};

/** Tests and benchmarks run under Node and may use these besides. */
const TEST_PACKAGES = ['fast-check'];
const isTest = (path) => /\.(test|bench|fuzz)\.ts$/.test(path);
const isNodeEdge = (path) => /(^|\/)(node|[^/]+\.node)\.ts$/.test(path);

/**
 * @param {string} path of the file below src/, such as `ctf/reader.ts`
 * @param {string} text
 * @returns {{line: number, message: string}[]}
 */
export function floorViolations(path, text) {
  const room = path.split('/')[0];
  const rules = FLOORS[room];
  if (rules === undefined || !path.includes('/')) {
    return [{ line: 1, message: `'${room}' is no room of the house; add it to FLOORS or move the file` }];
  }
  const violations = [];
  for (const { name, line, typeOnly } of importsOf(text)) {
    const message = judge(path, room, rules, name, typeOnly);
    if (message !== '') violations.push({ line, message });
  }
  return violations;
}

/** Why `path` must not import `name`, or ''. */
function judge(path, room, rules, name, typeOnly) {
  if (name.startsWith('.')) {
    const target = posix.join(posix.dirname(path), name);
    if (target.startsWith('..')) return target === '../package.json' ? '' : `'${name}' is outside src/`;
    const targetRoom = target.split('/')[0];
    if (targetRoom === room || rules.rooms.includes(targetRoom)) return '';
    if (typeOnly && rules.typesFrom?.includes(targetRoom)) return '';
    const allowed = rules.rooms.join(', ') || 'no other room';
    return `${room} must not import from ${targetRoom} (allowed: ${allowed})`;
  }
  if (name.startsWith('node:')) {
    if (rules.runs === 'node' || isTest(path)) return '';
    if (rules.runs === 'browser' && isNodeEdge(path)) return '';
    const where = rules.runs === 'browser' ? 'only node.ts, *.node.ts and tests may' : 'only tests may';
    return `${room} runs without Node: '${name}' is not to be had there; ${where} import it`;
  }
  const packageName = name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
  if (rules.packages.includes(packageName) || (isTest(path) && TEST_PACKAGES.includes(packageName))) return '';
  return `${room} must not import the package '${packageName}' (allowed: ${rules.packages.join(', ') || 'none'})`;
}

/** Checks all of src/. @returns {string[]} one line per violation */
export function checkFloors() {
  const source = join(ROOT, 'src');
  return listFiles(source, (path) => /\.tsx?$/.test(path)).flatMap((file) => {
    const path = relative(source, file).split(sep).join('/');
    const violations = floorViolations(path, readFileSync(file, 'utf8'));
    return violations.map(({ line, message }) => `src/${path}:${line}: ${message}`);
  });
}
