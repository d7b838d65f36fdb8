/**
 * Real latencies on order: a BPF program (burn.bpf.c) that keeps a CPU busy at a tracepoint, and says when it did.
 * Attach it after the tracker is ready: probes of a tracepoint run in the order of their attachment, so the tracker's
 * clock is read before the burn at an entry, and what the burn holds up comes after.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bpf, mapShared, PROT, takeMessages, unmap } from '../../dist/kernel/libbpf.js';
import { agrees, temporaryFolder } from './lib.mjs';

const SOURCE = fileURLToPath(new URL('./burn.bpf.c', import.meta.url));
const TRIPLET = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch];
const BURNS = 16;
const BURN_BYTES = 32;

/**
 * @param {import('node:test').TestContext} t
 * @param {{ event: string, burn_ns: number, every_ns: number, only_arg0?: number }} what
 */
export function burner(t, { event, burn_ns, every_ns, only_arg0 }) {
  const path = `${temporaryFolder(t)}/burn.bpf.o`;
  const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-idirafter', `/usr/include/${TRIPLET}`];
  const values = [`-DEVENT=${event}`, `-DBURN_NS=${burn_ns}ULL`, `-DEVERY_NS=${every_ns}ULL`];
  if (only_arg0 !== undefined) values.push(`-DONLY_ARG0=${only_arg0}`);
  const compiled = spawnSync('clang', [...flags, ...values, '-c', SOURCE, '-o', path], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  const object = bpf.objectOpen(path, null);
  if (object === null || bpf.objectLoad(object) !== 0) throw new Error(takeMessages().join('\n'));
  const { address, bytes, buffer } = mapShared(bpf.mapFd(bpf.findMap(object, 'burns')), 4096, PROT.read, 0, 'burns');
  const view = new DataView(buffer);
  let link = null;
  const detach = () => {
    if (link !== null) bpf.linkDestroy(link);
    link = null;
  };
  t.after(() => {
    detach();
    unmap({ address, bytes, buffer });
    bpf.objectClose(object);
  });
  return {
    attach() {
      link = bpf.programAttach(bpf.nextProgram(object, null));
      if (link === null) throw new Error(takeMessages().join('\n'));
    },
    detach,
    /** Those that have ended, oldest first; times are CLOCK_MONOTONIC. */
    burns() {
      const burns = [];
      for (let at = 0; at < BURNS * BURN_BYTES; at += BURN_BYTES) {
        const [cpu, begin, end] = [0, 16, 24].map((field) => Number(view.getBigUint64(at + field, true)));
        const arg0 = view.getUint32(at + 8, true);
        if (end !== 0) burns.push({ cpu, arg0, begin_ns: begin, end_ns: end, burn_ns: end - begin });
      }
      return burns;
    },
  };
}

/**
 * What was held up is reported with at least the time that it was, and, but for what else happens on a busy machine
 * before it goes on (another softirq, an interrupt, no CPU), no more than that.
 *
 * @param {{ delay_ns: number, burn_ns: number }[]} held one for each burn
 */
export function assertHeldUp(held) {
  for (const { delay_ns, burn_ns } of held) {
    assert.ok(delay_ns >= burn_ns, `${delay_ns} ns reported, ${burn_ns} ns burnt`);
  }
  const close = held.filter(({ delay_ns, burn_ns }) => agrees(delay_ns, burn_ns)).length;
  assert.ok(close >= held.length / 2, `only ${close} of ${held.length} as long as burnt: ${JSON.stringify(held)}`);
}
