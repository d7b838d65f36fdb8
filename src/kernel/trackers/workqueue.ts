import { possibleCpus } from '../machine.ts';
import type { TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/workqueue.bpf.c. */
const DATA = { function: 0, pwq: 8, queue_ns: 16, tid: 24, req_cpu: 28 } as const;
const EXTRA = { workqueue: 0 } as const;
const NAME_BYTES = 32;

let cpus = 0;

/** WORK_CPU_UNBOUND, no CPU in particular, is the number of CPUs that the kernel was built for: none of this machine's. */
function requested(cpu: number): number | 'any' {
  cpus ||= possibleCpus();
  return cpu < cpus ? cpu : 'any';
}

export const workqueue: TrackerSpec = {
  name: 'workqueue',
  summary: 'work items: time queued, and time running',
  entry: 'workqueue_queue_work, workqueue_execute_start',
  exit: 'workqueue_execute_start, workqueue_execute_end',
  key: 'work',
  classes: ['queued', 'run'],
  threshold_ns: 200e6,
  timeout_ns: 0,
  gc_ns: 1e9,
  slots: 16384,
  data_bytes: 32,
  extra_bytes: NAME_BYTES,
  filters: ['pid', 'tid', 'comm', 'cpu'],
  decode(record, names) {
    const { data, extra } = record;
    const running = (record.key & 1n) === 1n;
    const queue_ns = running ? data.u64(DATA.queue_ns) : record.begin_ns;
    const started_ns = running ? record.begin_ns : record.end_ns;
    const seen = data.u64(DATA.pwq) !== 0n;
    return {
      key: { work: `0x${(record.key & ~1n).toString(16)}` },
      details: {
        function: names.symbol(data.u64(DATA.function)),
        workqueue: seen ? extra.text(EXTRA.workqueue, NAME_BYTES) : null,
        req_cpu: seen ? requested(data.s32(DATA.req_cpu)) : null,
        queued_ns: queue_ns === 0n ? null : Number(started_ns - queue_ns),
        run_ns: running ? Number(record.end_ns - record.begin_ns) : null,
        state: record.timeout ? (running ? 'running' : 'queued') : running ? 'done' : 'started',
        ...(record.timeout && running ? { stack: names.stackOf(record.tid) } : {}),
      },
    };
  },
};
