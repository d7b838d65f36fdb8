/** One measurement of bench:ctf in a process of its own: node ctf-child.mjs MODE TRACE; prints JSON. */
import { openFolder } from '../../dist/ctf/folder.node.js';

const FIVE = ['sched_switch', 'sched_waking', 'irq_handler_entry', 'block_rq_issue', 'block_rq_complete'];
const nothing = () => '';

/** Adds every value, and every byte of every text, so that nothing can be left out. */
function checksum() {
  let first = true;
  const bytes = (_field, _name, start, end) => `for (let i = ${start}; i < ${end}; i++) sum = (sum + u8[i]) | 0;`;
  return {
    beginScope: () => {
      const declaration = first ? 'let sum = s.sum;' : '';
      first = false;
      return declaration;
    },
    endScope: () => 's.sum = sum;',
    integer: (_field, _name, value) => `sum = (sum + ${value}) | 0;`,
    wide: (_field, _name, low, high) => `sum = (sum + ${low} + ${high}) | 0;`,
    float: (_field, _name, value) => `sum = (sum + ${value}) | 0;`,
    string: bytes,
    blob: bytes,
    beginStruct: nothing,
    endStruct: nothing,
    beginArray: nothing,
    endArray: nothing,
    absent: nothing,
    option: nothing,
  };
}

const consumer = { emitter: checksum, visitor: () => undefined };
const MODES = {
  full: (source, state) => source.events().drain(consumer, state),
  five: (source, state) => source.events({ events: FIVE }).drain(consumer, state),
  count: (source, state) => source.events().drain(consumer, state, () => false),
  next: (source) => {
    const events = source.events();
    let count = 0;
    while (events.next() !== null) count++;
    return count;
  },
};

const [mode, path] = process.argv.slice(2);
const state = { sum: 0 };
const began = performance.now();
const events = MODES[mode](openFolder(path), state);
const ms = performance.now() - began;
const rss_mb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ events, sum: state.sum, ms, rss_mb }));
