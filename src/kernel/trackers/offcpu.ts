import type { Choice, Names, TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/offcpu.bpf.c. */
const DATA = { waking_ns: 0, waker_tid: 8, task_state: 12 } as const;
const WAKER_FRAMES = 24;
const FRAMES = 32;
const EXTRA = { waker_comm: 0, waker_stack: 16, stack: 16 + 8 * WAKER_FRAMES } as const;

const CLASSES = ['disk', 'runnable', 'interruptible', 'other'] as const;

/** `tt_config.option` has a bit for each class that counts; 0 stands for disk and runnable. */
const CHOICE: Choice = {
  what: 'kinds of sleep',
  names: () => CLASSES,
  apply(target, names) {
    let bits = 0n;
    for (const name of names ?? []) bits |= 1n << BigInt((CLASSES as readonly string[]).indexOf(name));
    target.config.option = bits;
  },
};

/** Bits of task_struct.__state (include/linux/sched.h), the telling one first. 0x8000 is TASK_FROZEN, since 6.1. */
const STATES: readonly (readonly [number, string])[] = [
  [0x8000, 'frozen'],
  [0x0040, 'parked'],
  [0x0008, 'traced'],
  [0x0004, 'stopped'],
  [0x0200, 'waking'],
  [0x0001, 'interruptible'],
];
const UNINTERRUPTIBLE = 0x0002;
const KILLABLE = 0x0100;
const NOLOAD = 0x0400;

/** What a task did when it left its CPU. */
export function sleepState(state: number, runnable: boolean): string {
  if (runnable) return 'preempted';
  for (const [bit, name] of STATES) if (state & bit) return name;
  if (state & UNINTERRUPTIBLE) return state & NOLOAD ? 'idle' : state & KILLABLE ? 'disk (killable)' : 'disk';
  return `0x${state.toString(16)}`;
}

/** Between the tracepoint and the BPF program: no part of what the waker did. */
const PLUMBING = /^(bpf_prog_|bpf_trace_run|__bpf_trace_|__traceiter_|bpf_get_stack|bpf_trampoline_|0x)/;

function withoutPlumbing(stack: readonly string[]): readonly string[] {
  const first = stack.findIndex((frame) => !PLUMBING.test(frame));
  return first < 0 ? stack : stack.slice(first);
}

export const offcpu: TrackerSpec = {
  name: 'offcpu',
  summary: 'tasks off the CPU: where they slept and who woke them',
  entry: 'sched_switch from the task',
  exit: 'sched_switch to the task',
  key: 'tid',
  classes: CLASSES,
  threshold_ns: 100e6,
  timeout_ns: 10e9,
  gc_ns: 0,
  slots: 65536,
  data_bytes: 16,
  extra_bytes: EXTRA.stack + 8 * FRAMES,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu'],
  choice: CHOICE,
  optional: ['tt_offcpu_free'],
  decode(record, names: Names) {
    const { data, extra, timeout } = record;
    const tid = Number(record.key);
    const task_state = data.u32(DATA.task_state);
    if (timeout) {
      return { key: { tid }, details: { state: sleepState(task_state, task_state === 0), stack: names.stackOf(tid) } };
    }
    const preempted = CLASSES[record.class] === 'runnable';
    const waking_ns = data.u64(DATA.waking_ns);
    const waker_tid = data.u32(DATA.waker_tid);
    // It slept and no waking was seen after that: it was woken while it was still leaving the CPU.
    const blocked_ns = preempted || waking_ns < record.begin_ns ? 0 : Number(waking_ns - record.begin_ns);
    const waker_comm = extra.text(EXTRA.waker_comm, 16);
    const waker_stack = names.stack(extra.addresses(EXTRA.waker_stack, WAKER_FRAMES));
    const waker = {
      tid: waker_tid,
      comm: waker_comm || (waker_tid === 0 ? 'idle' : names.comm(waker_tid)),
      stack: withoutPlumbing(waker_stack),
    };
    return {
      key: { tid },
      details: {
        state: sleepState(task_state, preempted),
        blocked_ns,
        wait_ns: Number(record.end_ns - record.begin_ns) - blocked_ns,
        waker: preempted || waking_ns === 0n ? null : waker,
        priority: record.prio,
        stack: names.stack(extra.addresses(EXTRA.stack, FRAMES)),
      },
    };
  },
};
