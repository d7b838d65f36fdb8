/**
 * Trace A1 and what lttng-analyses prints of it, both beside the checkout (../shared/traces). Names of threads are compared
 * apart: lttng-analyses shows the first or the last name that a thread has in the trace, whatever it was called then.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';

const TRACES = join(ROOT, '../shared/traces');
/** False, or why tests that need the traces are skipped. */
export const skip = existsSync(join(TRACES, 'expected')) ? false : 'the traces are not beside this checkout';

let folder = '';
after(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

function unpack(archive) {
  if (folder === '') folder = mkdtempSync(join(tmpdir(), 'tailtrap-reports-'));
  execFileSync('tar', ['xf', join(TRACES, archive), '-C', folder]);
}

/** Path of a trace in ../shared/traces/kernel. */
export function trace(archive, place = archive) {
  if (folder === '' || !existsSync(join(folder, place))) unpack(`kernel/${archive}.tar.xz`);
  return join(folder, place);
}

/** What lttng-analyses prints for A1. */
export function expected(report) {
  if (folder === '' || !existsSync(join(folder, `A1.${report}.txt`))) unpack('expected/lttng-analyses-A1.tar.xz');
  return readFileSync(join(folder, `A1.${report}.txt`), 'utf8').split('\n');
}

const results = new Map();

/** Runs `tailtrap report`, once for the same arguments. */
export function run(...args) {
  const key = args.join('\n');
  if (!results.has(key)) results.set(key, runAgain(args));
  return results.get(key);
}

function runAgain(args) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'bin/tailtrap'), ['report', ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    // Names of threads, not of the one who runs the tests.
    env: { ...process.env, TZ: 'UTC' },
  });
  return { status, stdout, stderr, lines: stdout.split('\n') };
}

/** The names that the `procname` context gives each thread, in order of time: `[{ time, name }]` by tid. */
export function namesByThread(path) {
  const names = new Map();
  const source = openFolder(path);
  const events = source.events();
  for (let event = events.next(); event !== null; event = events.next()) {
    const tid = event.type.numberField('tid');
    // The thread in whose context the event happened: the payload's `tid` is another one's.
    const own = event.type.fieldNames.includes('tid') || tid === null ? null : tid(event);
    if (own === null) continue;
    const list = names.get(own) ?? [];
    const name = event.string('procname');
    if (list.at(-1)?.name !== name) list.push({ time: event.time, name });
    if (list.length === 1 || list.at(-1).time === event.time) names.set(own, list);
  }
  return names;
}
