import type { TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_extra` of bpf/softirq.bpf.c. */
const EXTRA = { raise_ns: 0, run_ns: 8 } as const;

/** The vectors of include/linux/interrupt.h, in order, as /proc/softirqs names them. */
const VECTORS = ['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'] as const;

/** Zero is "not known": a softirq that was raised before the tracker was on, or has not run yet. */
const known = (ns: number): number | null => (ns === 0 ? null : ns);

export const softirq: TrackerSpec = {
  name: 'softirq',
  summary: 'softirqs: time from raise to entry, and time running',
  entry: 'softirq_raise, softirq_entry',
  exit: 'softirq_entry, softirq_exit',
  key: 'cpu, vector',
  classes: ['raise', 'run'],
  threshold_ns: 10e6,
  timeout_ns: 1e9,
  gc_ns: 60e9,
  slots: 8192,
  data_bytes: 8,
  extra_bytes: 16,
  filters: ['cpu'],
  decode(record) {
    const { extra } = record;
    // The slot: 32 a CPU, two a vector.
    const vector = Number((record.key >> 1n) & 15n);
    const phase = (record.key & 1n) === 0n ? 'raised' : 'running';
    return {
      key: { cpu: record.cpu, vector: VECTORS[vector] ?? String(vector) },
      details: {
        raise_ns: known(extra.num(EXTRA.raise_ns)),
        run_ns: known(extra.num(EXTRA.run_ns)),
        state: record.timeout ? phase : 'done',
        // Before ksoftirqd is woken, a softirq runs at the end of an interrupt, on the back of whatever task was there.
        context: record.comm.startsWith('ksoftirqd/') ? 'ksoftirqd' : record.timeout ? null : 'interrupted task',
      },
    };
  },
};
