import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventWriter } from '../../ctf/event-writer.ts';
import { type Field, i32, i64, string, text } from '../../ctf/fields.ts';
import { traceInMemory } from '../../ctf/fuzz/memory.fuzz.ts';
import { openCtf } from '../../ctf/source.ts';
import { CtfWriter } from '../../ctf/writer.ts';
import { type Drawing, Timeline } from './timeline.ts';

type Row = readonly [event: string, values: readonly (number | string)[]];

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  sched_switch: [
    { name: 'prev_comm', type: text(16) },
    { name: 'prev_tid', type: i32 },
    { name: 'prev_prio', type: i32 },
    { name: 'prev_state', type: i64 },
    { name: 'next_comm', type: text(16) },
    { name: 'next_tid', type: i32 },
    { name: 'next_prio', type: i32 },
  ],
  sched_waking: [
    { name: 'comm', type: text(16) },
    { name: 'tid', type: i32 },
    { name: 'prio', type: i32 },
    { name: 'target_cpu', type: i32 },
  ],
  syscall_entry_read: [{ name: 'fd', type: i32 }],
  syscall_exit_read: [{ name: 'ret', type: i64 }],
  syscall_entry_exit_group: [{ name: 'error_code', type: i32 }],
  other: [{ name: 'what', type: string }],
};

/** What is drawn of events on one CPU, one nanosecond after the other. */
function drawn(context: readonly Field[] | null, rows: readonly Row[]): string[] {
  const packets: Uint8Array[] = [];
  const sink = (_stream: unknown, packet: Uint8Array): unknown => packets.push(packet.slice());
  const writer = new CtfWriter({ uuid: null, clock: { name: 'c' }, environment: [], sink });
  const streamClass = writer.addStreamClass({ context });
  const writers = new Map(
    Object.entries(FIELDS).map(([name, fields]) => [
      name,
      eventWriter(writer.addEventClass(streamClass, name, fields)),
    ]),
  );
  const stream = writer.addStream(streamClass, { name: 's', cpu: 3 });
  for (const [i, [name, values]] of rows.entries()) writers.get(name)!(stream, BigInt(i), values);
  writer.flush();
  const out: string[] = [];
  const put = (...parts: unknown[]): void => {
    out.push(parts.join(' '));
  };
  const drawing: Drawing = {
    switch: (cpu, time, prev, next) => put(time, 'switch', cpu, prev.tid, prev.state, next.tid),
    wakeup: (name, cpu, time, { tid, target, by }) => put(time, name, cpu, tid, target, by),
    irq: (cpu, time) => put(time, 'irq', cpu),
    syscallBegin: ({ tid }, time, name) => put(time, 'begin', tid, name),
    syscallEnd: ({ tid }, time, name) => put(time, 'end', tid, name),
    outlier: ({ tracker }) => put('outlier', tracker),
    instant: ({ cpu, tid }, time, name) => put(time, 'instant', cpu, tid, name),
    thread: (tid, pid, name) => put('thread', tid, pid, name),
    end: () => {},
  };
  const timeline = new Timeline(drawing);
  const metadata = new TextEncoder().encode(writer.metadata());
  const events = openCtf([traceInMemory(metadata, [Buffer.concat(packets)])]).events();
  for (let e = events.next(); e !== null; e = events.next()) {
    const event = e;
    timeline.add(event, () => event.toObject());
  }
  return out;
}

const to = (next: number): Row => ['sched_switch', ['a', 1, 20, 1, 'b', next, 20]];

test('who runs says whose system call it is; what does not match is no slice', () => {
  const rows: Row[] = [
    ['syscall_entry_read', [1]],
    to(7),
    ['syscall_exit_read', [0]],
    ['syscall_entry_read', [1]],
    ['sched_waking', ['w', 9, 20, 1]],
    ['syscall_exit_read', [0]],
    ['syscall_entry_exit_group', [0]],
    to(0),
    ['other', ['idle']],
    to(7),
    ['syscall_entry_read', [1]],
  ];
  assert.deepEqual(drawn(null, rows), [
    '0 instant 3 -1 syscall_entry_read',
    '1 switch 3 1 1 7',
    '2 instant 3 7 syscall_exit_read',
    '3 begin 7 read',
    '4 sched_waking 3 9 1 7',
    '5 end 7 read',
    '6 begin 7 exit_group',
    '7 switch 3 1 1 0',
    '8 instant 3 0 other',
    '9 switch 3 1 1 7',
    '10 end 7 exit_group',
    '10 begin 7 read',
  ]);
});

test("the context says the thread, by the kernel's number before that of its namespace", () => {
  const context = ['vtid', 'tid', 'vpid', 'pid'].map((name) => ({ name, type: i32 }));
  const all: Field[] = [...context, { name: 'procname', type: text(16) }];
  assert.deepEqual(
    drawn(all, [
      ['other', [1, 101, 1, 100, 'prog', 'x']],
      ['sched_waking', [1, 101, 1, 100, 'prog', 'w', 9, 20, 1]],
    ]),
    ['thread 101 100 prog', '0 instant 3 101 other', '1 sched_waking 3 9 1 -1'],
  );
  assert.deepEqual(drawn(context.slice(0, 1), [['other', [5, 'x']]]), ['0 instant 3 5 other']);
});
