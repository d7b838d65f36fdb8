/** The example of the talk that the first live state system was shown with, to the letter. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type PlainEvent, traceEvent } from './events.test.data.ts';
import { LiveState } from './live-state.ts';

const SECOND = 1_000_000_000;
const ORIGIN_NS = BigInt(Date.UTC(2014, 9, 14, 10, 0, 0)) * 1_000_000n;
const TID = 4711;

/** Half before the full second, at it: the call's beginning and end. */
function call(second: number, name: string, fields: PlainEvent['fields'], ret: number): PlainEvent[] {
  const context = { tid: TID, pid: TID, procname: 'app' };
  const end = second * SECOND;
  return [
    { name: `syscall_entry_${name}`, time: end - 1000, cpu: 0, fields, context },
    { name: `syscall_exit_${name}`, time: end, cpu: 0, fields: { ret }, context },
  ];
}

const HISTORY: readonly PlainEvent[] = [
  ...call(1, 'open', { filename: '/tmp/test', flags: 1, mode: 0 }, 4),
  ...call(2, 'write', { fd: 4, buf: 0, count: 8192 }, 8192),
  ...call(3, 'open', { filename: '/tmp/test2', flags: 1, mode: 0 }, 5),
  ...call(4, 'write', { fd: 5, buf: 0, count: 16384 }, 16384),
  ...call(5, 'close', { fd: 5 }, 0),
];

const at = (second: number): bigint => ORIGIN_NS + BigInt(second * SECOND);

/** `10:00:01 fd 4 </tmp/test> 8192` */
function lines(state: LiveState, second: number): string[] {
  const clock = (time_ns: bigint): string => new Date(Number(time_ns / 1_000_000n)).toISOString().slice(11, 19);
  return state
    .at(at(second))
    .fds({ pid: TID, recent: true })
    .map((fd) => {
      const closed = fd.closed_ns === null ? '' : ` closed ${clock(fd.closed_ns + 1000n)}`;
      return `fd ${fd.fd} <${fd.path}> opened ${clock(fd.opened_ns!)} ${fd.written_bytes / 1024} kB write${closed}`;
    });
}

test('what is open, and what was closed in the last 10 s, is told; older details are folded', () => {
  const state = new LiveState({ origin_ns: ORIGIN_NS });
  for (const event of HISTORY) state.update(traceEvent(event, ORIGIN_NS));
  assert.deepEqual(lines(state, 6), [
    'fd 4 </tmp/test> opened 10:00:01 8 kB write',
    'fd 5 </tmp/test2> opened 10:00:03 16 kB write closed 10:00:05',
  ]);
  assert.deepEqual(lines(state, 15), ['fd 4 </tmp/test> opened 10:00:01 8 kB write']);
});

test('the past of the window can be asked for, and what was before it cannot', () => {
  const state = new LiveState({ origin_ns: ORIGIN_NS });
  for (const event of HISTORY) state.update(traceEvent(event, ORIGIN_NS));
  state.advance(at(11));
  assert.deepEqual(lines(state, 2), ['fd 4 </tmp/test> opened 10:00:01 8 kB write']);
  assert.deepEqual(lines(state, 3), [
    'fd 4 </tmp/test> opened 10:00:01 8 kB write',
    'fd 5 </tmp/test2> opened 10:00:03 0 kB write',
  ]);
  assert.deepEqual(lines(state, 10).length, 2);
  assert.throws(() => state.at(at(0)), { code: 'TT_STATE_OUTSIDE_WINDOW' });
});

test('rows and texts of what is forgotten are used again', () => {
  const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: SECOND });
  for (let second = 1; second <= 2000; second++) {
    const opened = call(second * 2, 'open', { filename: `/tmp/file-${second}`, flags: 1, mode: 0 }, 7);
    const closed = call(second * 2 + 1, 'close', { fd: 7 }, 0);
    for (const event of [...opened, ...closed]) state.update(traceEvent(event, ORIGIN_NS));
  }
  const { model } = state;
  assert.ok(model.fds.used <= 3, `${model.fds.used} places for descriptors`);
  assert.ok(model.files.used <= 3);
  assert.ok(model.journal.count < 50, `${model.journal.count} changes are kept`);
});
