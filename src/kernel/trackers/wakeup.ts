import type { Fields, OutlierRecord } from '../abi.ts';
import type { Names, TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/wakeup.bpf.c. */
const DATA = { waker_tid: 0 } as const;
const EXTRA = { prev_tid: 0, prev_prio: 4, prev_comm: 8, run_next: 24, runs_count: 28, runs: 32 } as const;
const RUNS = 16;
const RUN_BYTES = 16;

interface Run {
  tid: number;
  comm: string;
  ran_ns: number;
}

/** Who had the CPU while the task waited, oldest first: turns are kept by their beginning, each ends where the next begins. */
function runsMeanwhile(record: OutlierRecord, extra: Fields, names: Names): Run[] {
  const runs: Run[] = [];
  const next = extra.u32(EXTRA.run_next);
  const prev_tid = extra.u32(EXTRA.prev_tid);
  const commOf = (tid: number): string => {
    if (tid === 0) return 'idle';
    return tid === prev_tid ? extra.text(EXTRA.prev_comm, 16) : names.comm(tid); // prev may be gone by now
  };
  let until = record.end_ns;
  for (let i = 1; i <= Math.min(RUNS, next) && until > record.begin_ns; i++) {
    const at = EXTRA.runs + ((next - i) % RUNS) * RUN_BYTES;
    const in_ns = extra.u64(at);
    const from = in_ns > record.begin_ns ? in_ns : record.begin_ns;
    const tid = extra.u32(at + 8);
    if (until > from) runs.unshift({ tid, comm: commOf(tid), ran_ns: Number(until - from) });
    until = from;
  }
  return runs;
}

export const wakeup: TrackerSpec = {
  name: 'wakeup',
  summary: 'runnable tasks: time until they get a CPU',
  entry: 'sched_waking, sched_wakeup_new, or pre-empted at sched_switch',
  exit: 'sched_switch to the task',
  key: 'tid',
  classes: ['wait'],
  threshold_ns: 10e6,
  timeout_ns: 1e9,
  gc_ns: 0,
  slots: 65536,
  data_bytes: 8,
  extra_bytes: 32 + RUNS * RUN_BYTES,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu'],
  optional: ['tt_wakeup_free'],
  decode(record, names) {
    const { data, extra } = record;
    const waker = data.u32(DATA.waker_tid);
    const details: Record<string, unknown> = {
      priority: record.timeout ? undefined : record.prio,
      cause: waker === 0 ? 'preempted' : 'woken',
      waker: waker === 0 ? null : { tid: waker, comm: names.comm(waker) },
    };
    if (!record.timeout) {
      details.previous = {
        tid: extra.u32(EXTRA.prev_tid),
        comm: extra.text(EXTRA.prev_comm, 16),
        priority: extra.u32(EXTRA.prev_prio),
      };
      details.ran_meanwhile = runsMeanwhile(record, extra, names);
    }
    return { key: { tid: Number(record.key) }, details };
  },
};
