/**
 * The real traces of LTTng 2.13.9 that lie beside the checkout (../shared/traces), against what is known of them: events
 * by name, and order, times and CPUs as babeltrace2 prints them. Skipped where they, tar or babeltrace2 are missing.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after } from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';

const TRACES = join(ROOT, '../shared/traces/kernel');
const there = existsSync(join(TRACES, 'counts'));
const babeltrace = hasBabeltrace();
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-traces-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Where each list of counts has its trace: archive, folder in it. */
const PLACES = {
  T2: ['T2', 'T2'],
  'T3-snap-0': ['T3', 'T3/snapshot-1-20261123-041211-0'],
  'T3-snap-1': ['T3', 'T3/snapshot-1-20261123-041213-1'],
  ...Object.fromEntries(
    ['live1-20261123-041615', 'snapnet-20261123-041641', 'stream1-20261123-041634'].map((n) => [
      `T4-${n}`,
      ['T4', `T4/${n}`],
    ]),
  ),
  ...Object.fromEntries(
    ['T10', 'T6', 'T6b', 'T6c', 'T7', 'T8', 'T9'].map((n) => [`bonus-${n}`, ['variety', `bonus/${n}`]]),
  ),
  T1: ['T1', 'T1'],
};
/** babeltrace2's text of these takes a minute; their order is compared in the benchmark's checksum and by hand. */
const LONG = new Set(['T1']);

function hasBabeltrace() {
  try {
    execFileSync('babeltrace2', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function unpacked(archive, place) {
  const path = join(folder, place);
  if (!existsSync(path)) execFileSync('tar', ['xf', join(TRACES, `${archive}.tar.xz`), '-C', folder]);
  return path;
}

for (const [name, [archive, place]] of Object.entries(PLACES)) {
  const skip = there ? false : 'the traces are not beside this checkout';
  test(`${name}: as many events of each name as known`, { skip }, () => {
    const known = readFileSync(join(TRACES, 'counts', `${name}.counts.txt`), 'utf8');
    const expected = new Map(
      [...known.matchAll(/^\s*(\d+) (\S+)$/gm)].map(([, count, event]) => [event, Number(count)]),
    );
    const counts = new Map();
    const events = openFolder(unpacked(archive, place)).events();
    for (let e = events.next(); e !== null; e = events.next()) counts.set(e.name, (counts.get(e.name) ?? 0) + 1);
    assert.deepEqual(new Map([...counts].sort()), new Map([...expected].sort()));
  });
  const without = babeltrace ? skip : 'babeltrace2 is not installed';
  if (!LONG.has(name))
    test(`${name}: time, order and CPU as babeltrace2`, { skip: without }, () => sameOrder(unpacked(archive, place)));
}

/** Compares line by line: `[1795407240.863925237] host name: { cpu_id = 0 }, ...`. */
async function sameOrder(path) {
  const child = spawn('babeltrace2', ['--clock-seconds', '--no-delta', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const events = openFolder(path).events();
  let line = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    line++;
    const found = /^\[(\d+)\.(\d{9})\] (?:\S+ )?([^ :]+(?::[^ :]+)*): \{ cpu_id = (\d+) \}/.exec(text);
    assert.ok(found !== null, text);
    const e = events.next();
    assert.ok(e !== null, `line ${line}: there is no further event`);
    const [, seconds, ns, name, cpu] = found;
    if (`${seconds}${ns}` !== String(e.time_ns) || name !== e.name || Number(cpu) !== e.cpu) {
      assert.fail(`line ${line}: ${e.time_ns} ${e.name} on ${e.cpu} is not ${text.slice(0, 200)}`);
    }
  }
  assert.equal(events.next(), null);
  assert.ok(line > 0);
}

test('every trace beside the checkout was known', { skip: there ? false : 'no traces' }, () => {
  const lists = readdirSync(join(TRACES, 'counts')).map((file) => file.replace('.counts.txt', ''));
  assert.deepEqual(
    lists.filter((list) => !(list in PLACES)),
    [],
  );
});
