/**
 * Reports have models of their own, lighter than src/state: of the same trace both must say the same. Where they mean
 * different things, the difference is counted here from the events alone.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { LiveState } from '../../dist/state/index.js';
import { run, skip, trace } from './a1.mjs';

/** Nothing that was closed or ended is forgotten. */
const WINDOW_NS = 3600e9;

function stateOf(path) {
  const source = openFolder(path);
  const parts = ['syscalls', 'block', 'net', 'interrupts'];
  const state = new LiveState({ origin_ns: source.origin_ns, window_ns: WINDOW_NS, parts });
  const events = source.events({ events: state.events });
  for (let event = events.next(); event !== null; event = events.next()) state.update(event);
  state.deliver();
  return state;
}

/** What only one of both counts. */
function uncounted(path) {
  const directoryBytes = new Map();
  const flushes = new Map();
  const firstThreads = new Map();
  const events = openFolder(path).events({
    events: ['syscall_exit_getdents*', 'block_rq_issue', 'sched_switch'],
  });
  for (let event = events.next(); event !== null; event = events.next()) {
    const { name } = event;
    if (name === 'sched_switch') {
      if (!firstThreads.has(event.cpu)) firstThreads.set(event.cpu, event.number('prev_tid'));
    } else if (name === 'block_rq_issue') {
      if (event.number('nr_sector') === 0) add(flushes, event.number('dev'), 1);
    } else add(directoryBytes, event.number('pid'), event.number('ret'));
  }
  return { directoryBytes, flushes, firstThreads: new Set(firstThreads.values()) };
}

function add(map, key, by) {
  if (by !== 0) map.set(key, (map.get(key) ?? 0) + by);
}

const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

let read = null;
function both() {
  if (read !== null) return read;
  const path = trace('A1');
  const { stdout } = run('iousagetop,cputop,irqstats', path, '--json', '--limit', '0', '--no-intersection');
  const rows = stdout.trim().split('\n').map(JSON.parse);
  const rowsOf = (table, of) => rows.filter((row) => row.table === table && (of === undefined || row.of === of));
  read = { rowsOf, state: stateOf(path).at(), ...uncounted(path) };
  return read;
}

for (const of of ['read', 'written']) {
  test(`bytes ${of} by each process`, { skip }, () => {
    const { rowsOf, state, directoryBytes } = both();
    const reported = new Map(of === 'read' ? directoryBytes : []);
    for (const { process, size_bytes } of rowsOf('per-process-top', of)) add(reported, process.pid, size_bytes);
    const known = new Map();
    for (const process of state.processes({ recent: true })) {
      for (const kind of ['file', 'net', 'other']) add(known, process.pid, process[`${kind}_${of}_bytes`]);
    }
    assert.ok(known.size > 10);
    assert.deepEqual(sorted(reported), sorted(known));
  });

  test(`bytes ${of} of each file`, { skip }, () => {
    const { rowsOf, state, directoryBytes } = both();
    const known = new Map();
    for (const fd of state.fds({ recent: true })) {
      if (['file', 'device'].includes(fd.type) || fd.path.startsWith('/')) add(known, fd.path, fd[`${of}_bytes`]);
    }
    const reported = new Map();
    for (const { path, size_bytes } of rowsOf('per-file-top', of)) {
      if (path.startsWith('/')) add(reported, path, size_bytes);
    }
    // Folders: one counts what getdents returned.
    for (const path of known.keys()) if (!reported.has(path) && directoryBytes.size > 0) known.delete(path);
    assert.ok(reported.size >= (of === 'read' ? 100 : 5), String(reported.size));
    assert.deepEqual(sorted(reported), sorted(known));
  });
}

test('disks: bytes, and requests but for those without sectors', { skip }, () => {
  const { rowsOf, state, flushes } = both();
  const disks = state.disks();
  assert.ok(disks.length >= 3 && flushes.size > 0);
  for (const { name, dev, reads, writes, read_bytes, written_bytes } of disks) {
    const of = (table) => rowsOf(table).find(({ disk }) => disk === name)?.count ?? 0;
    assert.equal(of('per-disk-top-sector') * 512, read_bytes + written_bytes, name);
    assert.equal(of('per-disk-top-request') + (flushes.get(dev) ?? 0), reads + writes, name);
  }
});

test('network interfaces, interrupts', { skip }, () => {
  const { rowsOf, state } = both();
  for (const of of ['received', 'sent']) {
    const reported = new Map(rowsOf('per-netif-top', of).map(({ netif, size_bytes }) => [netif, size_bytes]));
    const known = state.interfaces().map((one) => [one.name, one[`${of}_bytes`]]);
    assert.deepEqual(sorted(reported), sorted(known.filter(([, bytes]) => bytes > 0)));
  }
  const key = (hard, nr) => `${hard ? 'hard' : 'soft'} ${nr}`;
  const counts = [...rowsOf('hard-stats'), ...rowsOf('soft-stats')].map(({ irq, count }) => [
    key(irq.hard, irq.nr),
    count,
  ]);
  const known = state.interrupts().map(({ soft, nr, count }) => [key(!soft, nr), count]);
  assert.deepEqual(sorted(counts), sorted(known.filter(([, count]) => count > 0)));
});

test('CPU time and names of threads', { skip }, () => {
  const { rowsOf, state, firstThreads } = both();
  const rows = rowsOf('per-process').filter(({ report }) => report === 'cputop');
  const { begin_ns, end_ns } = rows[0].window;
  const length_ns = Number(BigInt(end_ns) - BigInt(begin_ns));
  const threads = new Map(state.threads({ recent: true }).map((thread) => [thread.tid, thread]));
  assert.ok(rows.length > 40);
  for (const { process, usage, migrations } of rows) {
    const thread = threads.get(process.tid);
    assert.equal(process.name, thread.name);
    assert.equal(migrations, thread.migrations, process.name);
    // Who ran before a CPU's first switch is known to have run by the report alone.
    const more_ns = usage * length_ns - thread.cpu_time_ns;
    if (firstThreads.has(process.tid)) assert.ok(more_ns > -2);
    else assert.ok(Math.abs(more_ns) < 2, `${process.name}: ${more_ns}`);
  }
});
