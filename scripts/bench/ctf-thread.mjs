/** A thread of bench:ctf: every field of slices of a trace. */
import { openFolder } from '../../dist/ctf/folder.node.js';
import { serveSlices } from '../../dist/ctf/threads.node.js';
import { consumer } from './ctf-work.mjs';

serveSlices((path) => {
  const source = openFolder(path);
  return (slice) => {
    const state = { sum: 0 };
    return { value: { events: source.events(slice).drain(consumer, state), sum: state.sum } };
  };
});
