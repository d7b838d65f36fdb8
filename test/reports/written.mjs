/** Small kernel traces for the tests of reports: one stream, `cpu_id` in the payload, times in milliseconds since 1970. */
import { eventWriter } from '../../dist/ctf/event-writer.js';
import { i32, i64, string, text, u32, u64 } from '../../dist/ctf/fields.js';
import { CtfFolder } from '../../dist/ctf/node.js';
import { CtfWriter } from '../../dist/ctf/writer.js';

const comm = text(16);
const EVENTS = {
  sched_switch: {
    prev_comm: comm,
    prev_tid: i32,
    prev_prio: i32,
    prev_state: i64,
    next_comm: comm,
    next_tid: i32,
    next_prio: i32,
  },
  sched_waking: { comm, tid: i32, prio: i32, target_cpu: i32 },
  sched_wakeup: { comm, tid: i32, prio: i32, success: i32, target_cpu: i32 },
  sched_migrate_task: { comm, tid: i32, prio: i32, orig_cpu: i32, dest_cpu: i32 },
  sched_process_fork: {
    parent_comm: comm,
    parent_tid: i32,
    parent_pid: i32,
    child_comm: comm,
    child_tid: i32,
    child_pid: i32,
  },
  sched_process_exec: { filename: string, tid: i32, old_tid: i32 },
  softirq_raise: { vec: u32 },
  softirq_entry: { vec: u32 },
  softirq_exit: { vec: u32 },
  irq_handler_entry: { irq: i32, name: string },
  irq_handler_exit: { irq: i32, ret: i32 },
  mm_page_alloc: { order: u32 },
  mm_page_free: { order: u32 },
  syscall_entry_write: { fd: u32, buf: u64, count: u64 },
  syscall_exit_write: { ret: i64 },
  syscall_entry_read: { fd: u32, count: u64 },
  syscall_exit_read: { buf: u64, ret: i64 },
  syscall_entry_open: { filename: string, flags: i32, mode: i32 },
  syscall_exit_open: { ret: i64 },
  syscall_entry_openat2: { dfd: i32, filename: string, flags: i32 },
  syscall_exit_openat2: { ret: i64 },
  syscall_entry_close: { fd: u32 },
  syscall_exit_close: { ret: i64 },
  syscall_entry_dup2: { oldfd: u32, newfd: u32 },
  syscall_exit_dup2: { ret: i64 },
  syscall_entry_sendfile64: { out_fd: i32, in_fd: i32, count: u64 },
  syscall_exit_sendfile64: { ret: i64 },
  syscall_entry_unknown: { id: u32 },
  syscall_exit_unknown: { id: u32, ret: i64 },
  lttng_statedump_process_state: { tid: i32, pid: i32, ppid: i32, name: comm },
  lttng_statedump_file_descriptor: { pid: i32, fd: i32, flags: u32, filename: string },
  lttng_statedump_block_device: { dev: u32, diskname: string },
  block_rq_issue: { dev: u32, sector: u64, nr_sector: u32, bytes: u32, tid: i32, rwbs: u32, comm },
  block_rq_complete: { dev: u32, sector: u64, nr_sector: u32, errors: i32, rwbs: u32 },
  net_dev_xmit: { skbaddr: u64, rc: i32, len: u32, name: string },
  netif_receive_skb: { skbaddr: u64, len: u32, name: string },
};

export class WrittenTrace {
  #events = new Map();
  #streams = 0;

  /** @param number traces of different numbers are not chunks of one */
  constructor(path, number = 1) {
    this.folder = new CtfFolder(path);
    this.writer = new CtfWriter({
      uuid: Uint8Array.from({ length: 16 }, (_, i) => i + number),
      clock: { name: 'monotonic', description: '', uuid: '01020304-0506-0708-090a-0b0c0d0e0f10', offset_ns: 0n },
      environment: [['domain', 'kernel']],
      sink: this.folder.sink,
    });
    this.streamClass = this.writer.addStreamClass({ header: 'large', context: [] });
    this.newStream();
  }

  newStream() {
    const instance = this.#streams++;
    this.stream = this.writer.addStream(this.streamClass, { name: `channel_${instance}`, cpu: 0, instance });
  }

  /** Fields that are not given are 0 or ''. */
  event(time_ms, cpu_id, name, values = {}) {
    const fields = { ...EVENTS[name], cpu_id: u32 };
    for (const field of Object.keys(values)) if (!(field in fields)) throw new Error(`${name} has no ${field}`);
    if (!this.#events.has(name)) {
      const list = Object.entries(fields).map(([field, type]) => ({ name: field, type }));
      this.#events.set(name, eventWriter(this.writer.addEventClass(this.streamClass, name, list)));
    }
    const all = { ...values, cpu_id };
    const isText = (type) => type.kind === 'string' || type.kind === 'text';
    const list = Object.entries(fields).map(([field, type]) => all[field] ?? (isText(type) ? '' : 0));
    this.#events.get(name)(this.stream, BigInt(Math.round(time_ms * 1e6)), list);
  }

  switch(time_ms, cpu, prev_comm, prev_tid, next_comm, next_tid) {
    const priorities = { prev_prio: 20, next_prio: 20, prev_state: 1 };
    this.event(time_ms, cpu, 'sched_switch', { prev_comm, prev_tid, next_comm, next_tid, ...priorities });
  }

  /** A call that takes a millisecond. */
  call(time_ms, cpu, name, entry, ret) {
    this.event(time_ms, cpu, `syscall_entry_${name}`, entry);
    this.event(time_ms + 1, cpu, `syscall_exit_${name}`, { ret });
  }

  finish() {
    this.folder.finish(this.writer);
  }
}
