import type { Names, TrackerSpec } from './spec.ts';

/** REQ_OP_* of include/linux/blk_types.h. */
const OPERATIONS: Readonly<Record<number, string>> = {
  0: 'read',
  1: 'write',
  2: 'flush',
  3: 'discard',
  5: 'secure_erase',
  6: 'zone_append',
  7: 'zone_append',
  9: 'write_zeroes',
  10: 'zone_open',
  11: 'zone_close',
  12: 'zone_finish',
  13: 'zone_reset',
  15: 'zone_reset',
  17: 'zone_reset_all',
  34: 'driver_in',
  35: 'driver_out',
};

/** Offsets in `struct tt_data` of bpf/block.bpf.c. */
const DATA = { issue_ns: 0, sector: 8, cgroup: 16, bytes: 24, cmd_flags: 28, major: 32, minor: 36 } as const;

export const block: TrackerSpec = {
  name: 'block',
  summary: 'block requests: time queued and time in the device',
  entry: 'request allocated (seen at block_rq_insert, block_rq_issue)',
  exit: 'block_rq_complete',
  key: 'request',
  classes: ['total', 'queue', 'device'],
  threshold_ns: 20e6,
  timeout_ns: 1e9,
  gc_ns: 60e9,
  slots: 16384,
  data_bytes: 64,
  extra_bytes: 8,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'dev'],
  optional: ['tt_block_requeue', 'tt_block_merge'],
  decode(record, names: Names) {
    const { data } = record;
    const issue_ns = data.u64(DATA.issue_ns);
    const device = names.device(data.u32(DATA.major), data.u32(DATA.minor));
    const operation = data.u32(DATA.cmd_flags) & 0xff;
    const queued_until = issue_ns === 0n ? record.end_ns : issue_ns;
    return {
      key: { device, sector: Number(data.u64(DATA.sector)) },
      details: {
        operation: OPERATIONS[operation] ?? `op_${operation}`,
        bytes: data.u32(DATA.bytes),
        queue_ns: Number(queued_until > record.begin_ns ? queued_until - record.begin_ns : 0n),
        device_ns: Number(record.end_ns - queued_until),
        state: issue_ns === 0n ? 'queued' : record.timeout ? 'in device' : 'completed',
      },
    };
  },
};
