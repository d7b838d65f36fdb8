/** One measurement of bench:state in a process of its own: node state-child.mjs MODE TRACE; prints JSON. */
import { openFolder } from '../../dist/ctf/folder.node.js';
import { LiveState } from '../../dist/state/index.js';

const [mode, path] = process.argv.slice(2);
const source = openFolder(path);
const options = mode === 'sched' ? { parts: ['sched'] } : {};
const passes = mode === 'warm' ? 3 : 1;
let best = null;
for (let pass = 0; pass < passes; pass++) {
  const state = new LiveState({ origin_ns: source.origin_ns, ...options });
  const began = performance.now();
  const cpu = process.cpuUsage();
  // `all` gives the state also the events that it does not follow, as a live source may.
  const events = source.events(mode === 'all' ? {} : { events: state.events });
  let count = 0;
  for (let event = events.next(); event !== null; event = events.next()) {
    state.update(event);
    count++;
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1e3;
  if (best === null || seconds < best.seconds)
    best = { mode, events: count, seconds, cpu_s: (user + system) / 1e6, state };
}
const { state, ...measured } = best;
const { model } = state;
const living = model.tables.reduce((sum, table) => sum + table.living, 0);
const kinds = model.tables
  .filter((table) => table.used > 0)
  .map((table) => ({
    kind: table.kind,
    living: table.living,
    row_bytes: 16 + table.columns.reduce((sum, column) => sum + column.bytesPerRow, 0),
  }));
const { journal, texts, bytes } = model;
console.log(
  JSON.stringify({
    ...measured,
    living,
    dead: model.deadRows,
    changes: journal.count,
    journal_bytes: journal.bytes,
    texts_bytes: texts.bytes,
    bytes,
    kinds,
    rss: process.memoryUsage().rss,
    counters: state.counters,
  }),
);
