/** tailtrap/analyses as a library: the tables of the command, also from bytes that no file system holds. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { collectReports, definePeriods } from '../../dist/analyses/index.js';
import { openCtf } from '../../dist/ctf/source.js';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-library-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const trace = new WrittenTrace(join(folder, 'kernel'));
for (let at = 1000; at < 1200; at += 20) {
  trace.event(at, 1, 'sched_waking', { comm: 'app', tid: 7, prio: 20, target_cpu: 0 });
  trace.switch(at + 1 + (at % 3), 0, 'swapper/0', 0, 'app', 7);
  trace.switch(at + 10, 0, 'app', 7, 'swapper/0', 0);
}
trace.finish();

/** As a page opens files that were dropped on it. */
function inMemory() {
  const path = join(folder, 'kernel');
  const streams = readdirSync(path)
    .filter((name) => name !== 'metadata' && statSync(join(path, name)).isFile())
    .map((name) => {
      const bytes = new Uint8Array(readFileSync(join(path, name)));
      const read = (into, at) => {
        const part = bytes.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      };
      return { name, open: () => ({ size_bytes: bytes.length, read, close: () => {} }) };
    });
  return openCtf([{ name: 'dropped', metadata: readFileSync(join(path, 'metadata')), streams }]);
}

test('tables as data, the same as those of the command', async () => {
  const results = await collectReports(inMemory(), ['schedtop', 'cputop'], { limit: 3 });
  assert.deepEqual(
    results.map(({ report }) => report),
    ['schedtop', 'cputop'],
  );
  const [top] = results[0].tables;
  const rows = run('schedtop', folder, '--json', '--limit', '3', '--no-intersection')
    .stdout.trim()
    .split('\n')
    .map(JSON.parse);
  assert.deepEqual(
    top.rows.map(([, , latency]) => latency),
    rows.map(({ latency_ns }) => latency_ns),
  );
  assert.equal(top.rows.length, 3);
});

test('by periods', async () => {
  const periods = definePeriods(
    ['run : $evt.$name == "sched_switch" && $evt.next_tid == 7 : $evt.$name == "sched_switch"'],
    [],
  );
  const results = await collectReports(inMemory(), ['cputop', 'periodtop'], { periods, limit: 2 });
  assert.equal(results.filter(({ report }) => report === 'cputop').length, 10);
  const [{ tables }] = results.filter(({ report }) => report === 'periodtop');
  assert.equal(tables[0].rows.length, 2);
});

test('stopped by its caller', async () => {
  const results = await collectReports(inMemory(), ['schedlog'], { breathe: async () => false });
  assert.equal(results.length, 1);
});
