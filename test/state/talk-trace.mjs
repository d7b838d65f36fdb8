/** Writes the example of docs/state.md as a CTF trace: the talk's, with a second process that waits. */
import { eventWriter } from '../../dist/ctf/event-writer.js';
import * as field from '../../dist/ctf/fields.js';
import { CtfFolder } from '../../dist/ctf/node.js';
import { CtfWriter } from '../../dist/ctf/writer.js';

const SECOND = 1_000_000_000n;
/** 2014-10-14 10:00:00 GMT. */
const BEGIN_NS = 1_413_280_800n * SECOND;
const { i32, u32, i64, u64, string, text } = field;

const named = (fields) => Object.entries(fields).map(([name, type]) => ({ name, type }));
const SWITCH = {
  prev_comm: text(16),
  prev_tid: i32,
  prev_prio: i32,
  prev_state: i64,
  next_comm: text(16),
  next_tid: i32,
  next_prio: i32,
};

/** @param {string} path of the new folder */
export function writeTalkTrace(path) {
  const folder = new CtfFolder(path);
  const trace = new CtfWriter({
    uuid: new Uint8Array(16).fill(7),
    clock: { name: 'monotonic', description: '', uuid: '', offset_cycles: BEGIN_NS },
    environment: [['hostname', 'example']],
    sink: folder.sink,
  });
  const context = named({ pid: i32, tid: i32, procname: text(16) });
  const streamClass = trace.addStreamClass({ header: 'large', context });
  const stream = trace.addStream(streamClass, { name: 'channel0_0', cpu: 0 });
  const writers = new Map();
  const write = (second, name, fields, values, [pid, procname]) => {
    let writer = writers.get(name);
    if (writer === undefined) {
      writer = eventWriter(trace.addEventClass(streamClass, name, named(fields)));
      writers.set(name, writer);
    }
    writer(stream, BigInt(Math.round(second * 1e9)), [pid, pid, procname, ...values]);
  };
  const app = [4711, 'app'];
  const call = (second, name, fields, values, ret) => {
    write(second - 0.001, `syscall_entry_${name}`, fields, values, app);
    write(second, `syscall_exit_${name}`, { ret: i64 }, [ret], app);
  };
  const open = { filename: string, flags: i32, mode: u32 };
  const bytes = { fd: u32, buf: u64, count: u64 };
  write(0.5, 'sched_switch', SWITCH, ['swapper/0', 0, 20, 0, 'app', 4711, 20], [0, 'swapper/0']);
  call(1, 'open', open, ['/tmp/test', 1, 0], 4);
  call(2, 'write', bytes, [4, 0, 8192], 8192);
  call(3, 'open', open, ['/tmp/test2', 1, 0], 5);
  call(4, 'write', bytes, [5, 0, 16384], 16384);
  call(5, 'close', { fd: u32 }, [5], 0);
  write(5.2, 'syscall_entry_read', { fd: u32, count: u64 }, [0, 100], app);
  write(5.25, 'sched_switch', SWITCH, ['app', 4711, 20, 1, 'swapper/0', 0, 20], app);
  write(
    15,
    'sched_waking',
    { comm: text(16), tid: i32, prio: i32, target_cpu: i32 },
    ['app', 4711, 20, 0],
    [0, 'swapper/0'],
  );
  folder.finish(trace);
}
