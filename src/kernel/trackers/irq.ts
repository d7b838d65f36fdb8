import type { TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/irq.bpf.c. */
const DATA = { irq: 0, ret: 4 } as const;
const EXTRA = { name: 0 } as const;
const NAME_BYTES = 32;

/** `enum irqreturn` of include/linux/irqreturn.h. */
const RETURNS: Readonly<Record<number, string>> = { 0: 'none', 1: 'handled', 2: 'wake_thread' };

export const irq: TrackerSpec = {
  name: 'irq',
  summary: 'hardware interrupts: time in their handlers',
  entry: 'irq_handler_entry',
  exit: 'irq_handler_exit',
  key: 'cpu, irq',
  classes: ['handler'],
  threshold_ns: 1e6,
  timeout_ns: 1e9,
  gc_ns: 60e9,
  slots: 4096,
  data_bytes: 16,
  extra_bytes: NAME_BYTES,
  filters: ['cpu'],
  decode(record) {
    const { data, extra } = record;
    return {
      key: { cpu: record.cpu, irq: data.u32(DATA.irq) },
      details: {
        handler: extra.text(EXTRA.name, NAME_BYTES),
        result: record.timeout ? 'running' : (RETURNS[data.s32(DATA.ret)] ?? String(data.s32(DATA.ret))),
      },
    };
  },
};
