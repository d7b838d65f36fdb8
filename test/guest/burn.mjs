/** One long stop of a CPU, by a BPF program (../kernel/burn.bpf.c, compiled by programs.mjs) that says when it was. */
import { bpf, mapShared, PROT, takeMessages, unmap } from '../../dist/kernel/libbpf.js';
import { sleep } from '../kernel/lib.mjs';

/**
 * Attaches it, waits for its one burn while `load` makes the events, and takes it away. Probes of a tracepoint run in
 * the order in which they were attached: call this when the tracker is ready, and it sees the event before the burn.
 *
 * @param {() => unknown} load called again and again; makes the tracepoint fire
 * @returns `{ cpu, arg0, begin_ns, end_ns, burn_ns }` on CLOCK_MONOTONIC, or null when no event came within `ms`
 */
export async function burnOnce(t, path, load, ms) {
  const object = bpf.objectOpen(path, null);
  if (object === null || bpf.objectLoad(object) !== 0) throw new Error(takeMessages().join('\n'));
  t.after(() => bpf.objectClose(object));
  const mapped = mapShared(bpf.mapFd(bpf.findMap(object, 'burns')), 4096, PROT.read, 0, 'burns');
  t.after(() => unmap(mapped));
  const link = bpf.programAttach(bpf.nextProgram(object, null));
  if (link === null) throw new Error(takeMessages().join('\n'));
  try {
    const view = new DataView(mapped.buffer);
    for (const until = Date.now() + ms; Date.now() < until; ) {
      await load();
      const burn = read(view);
      if (burn !== null) return burn;
      await sleep(10);
    }
    return null;
  } finally {
    bpf.linkDestroy(link);
  }
}

/** `struct burn` of burn.bpf.c; null before it has ended. */
function read(view) {
  const [cpu, begin_ns, end_ns] = [0, 16, 24].map((field) => Number(view.getBigUint64(field, true)));
  return end_ns === 0 ? null : { cpu, arg0: view.getUint32(8, true), begin_ns, end_ns, burn_ns: end_ns - begin_ns };
}
