/** What bench:ctf does with events. */
import { EventLines } from '../../dist/ctf/text/lines.js';
import { DEFAULT_TEXT_OPTIONS } from '../../dist/ctf/text/options.js';
import { textStyle } from '../../dist/ctf/text/style.js';

export const FIVE = ['sched_switch', 'sched_waking', 'irq_handler_entry', 'block_rq_issue', 'block_rq_complete'];
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

export const consumer = { emitter: checksum, visitor: () => undefined };

let lines = null;

/** Text that goes nowhere. */
export function drainText(source, state) {
  lines ??= new EventLines(source, textStyle(DEFAULT_TEXT_OPTIONS), (bytes) => {
    state.sum = (state.sum + bytes.length) | 0;
  });
  lines.restart();
  const events = source.events().drain(lines.consumer, lines.out, lines.each);
  lines.end();
  return events;
}
