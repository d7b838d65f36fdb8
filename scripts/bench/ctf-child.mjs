/**
 * One measurement of bench:ctf in a process of its own: ctf-child.mjs MODE TRACE [PASSES]; prints JSON. The first pass opens
 * the trace and is a whole process's; further passes find everything compiled.
 */
import { openFolder } from '../../dist/ctf/folder.node.js';
import { mapSlices } from '../../dist/ctf/threads.node.js';
import { consumer, drainText, FIVE } from './ctf-work.mjs';

const SLICE_BYTES = 8 * 1024 * 1024;

async function threads(path, state) {
  const slices = openFolder(path).slices(SLICE_BYTES) ?? [{}];
  const module = new URL('../../scripts/bench/ctf-thread.mjs', import.meta.url);
  let events = 0;
  for await (const { value } of mapSlices({ module, data: path, slices })) {
    events += value.events;
    state.sum = (state.sum + value.sum) | 0;
  }
  return events;
}

const MODES = {
  full: (source, state) => source.events().drain(consumer, state),
  streams: (source, state) => source.events({ order: 'stream' }).drain(consumer, state),
  five: (source, state) => source.events({ events: FIVE }).drain(consumer, state),
  count: (source, state) => source.events().drain(consumer, state, () => false),
  next: (source) => {
    const events = source.events();
    let count = 0;
    while (events.next() !== null) count++;
    return count;
  },
  text: drainText,
};

async function measure(mode, path, passes) {
  const cpu_ms = [];
  let state = { sum: 0 };
  let events = 0;
  let source = null;
  for (let pass = 0; pass < passes; pass++) {
    state = { sum: 0 };
    const before = process.cpuUsage();
    if (mode === 'threads') events = await threads(path, state);
    else {
      source ??= openFolder(path);
      events = MODES[mode](source, state);
    }
    const { user, system } = process.cpuUsage(before);
    cpu_ms.push((user + system) / 1e3);
  }
  process.stdout.write(JSON.stringify({ events, sum: state.sum, cpu_ms }));
}

// Everything is loaded first: the bundle returns here before it does something.
setImmediate(() => measure(process.argv[2], process.argv[3], Number(process.argv[4] ?? 1)));
