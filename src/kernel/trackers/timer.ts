import type { TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` of bpf/timer.bpf.c. */
const DATA = { function: 0, slack_ns: 8, clock: 16 } as const;

/** `enum hrtimer_base_type` of include/linux/hrtimer_defs.h. */
const CLOCKS = ['monotonic', 'realtime', 'boottime', 'tai'] as const;

export const timer: TrackerSpec = {
  name: 'timer',
  summary: 'high-resolution timers: how late their handlers begin',
  entry: 'the expiry that the timer was programmed with',
  exit: 'hrtimer_expire_entry',
  key: 'timer',
  classes: ['hard', 'soft'],
  threshold_ns: 5e6,
  timeout_ns: 0,
  gc_ns: 0,
  slots: 64,
  data_bytes: 24,
  extra_bytes: 8,
  filters: ['cpu'],
  decode(record, names) {
    const { data } = record;
    return {
      key: { timer: `0x${record.key.toString(16)}` },
      details: {
        function: names.symbol(data.u64(DATA.function)),
        clock: CLOCKS[data.u32(DATA.clock)] ?? String(data.u32(DATA.clock)),
        context: record.class === 0 ? 'interrupt' : 'softirq',
        late_ns: Number(record.end_ns - record.begin_ns),
        slack_ns: data.num(DATA.slack_ns),
      },
    };
  },
};
