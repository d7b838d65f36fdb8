/** Switches that are not told: kernels that leave out those from the idle thread, lost events, contexts. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FieldObject } from '../trace/event.ts';
import { traceEvent } from './events.test.data.ts';
import { LiveState } from './live-state.ts';

class Machine {
  readonly state = new LiveState();

  event(time: number, name: string, fields: FieldObject, tid?: number): void {
    const context = tid === undefined ? {} : { context: { tid, pid: tid, procname: `p${tid}` } };
    this.state.update(traceEvent({ name, time, cpu: 0, fields, ...context }));
  }

  switch(time: number, prev: number, bits: number, next: number): void {
    const names = { prev_comm: `p${prev}`, next_comm: `p${next}`, prev_prio: 20, next_prio: 20 };
    this.event(time, 'sched_switch', { ...names, prev_tid: prev, prev_state: bits, next_tid: next }, prev);
  }

  wake(time: number, tid: number, by: number): void {
    this.event(time, 'sched_waking', { comm: `p${tid}`, tid, prio: 20, target_cpu: 0 }, by);
  }

  thread(tid: number): { state: string; cpu: number; wait: number; switches: number } {
    const { state, cpu_time_ns, wait_time_ns, switches } = this.state.at().thread(tid)!;
    return { state, cpu: cpu_time_ns, wait: wait_time_ns, switches };
  }
}

test('a thread is seen on an idle CPU: it has run since its first event there', () => {
  const m = new Machine();
  m.switch(100, 5, 1, 0);
  m.wake(200, 5, 0);
  m.event(210, 'syscall_exit_read', { ret: 1 }, 5);
  assert.deepEqual(m.thread(5), { state: 'running', cpu: 0, wait: 10, switches: 1 });
  m.switch(250, 5, 1, 0);
  assert.deepEqual(m.thread(5), { state: 'sleeping', cpu: 40, wait: 10, switches: 1 });
  assert.deepEqual([m.state.counters.implied, m.state.counters.corrected], [1, 0]);
  assert.equal(m.state.at().cpus()[0]!.busy_time_ns, 40);
});

test('a thread leaves an idle CPU: it has run since it was woken', () => {
  const m = new Machine();
  m.switch(100, 5, 1, 0);
  m.wake(200, 6, 0);
  m.switch(250, 6, 2, 0);
  assert.deepEqual(m.thread(6), { state: 'uninterruptible', cpu: 50, wait: 0, switches: 1 });
  assert.equal(m.state.counters.implied, 1);
});

test('another thread than we thought leaves a CPU: nothing is believed of the one we thought', () => {
  const m = new Machine();
  m.switch(100, 5, 1, 6);
  m.switch(200, 7, 1, 5);
  assert.equal(m.thread(6).state, 'unknown');
  assert.deepEqual(m.thread(5), { state: 'running', cpu: 0, wait: 0, switches: 1 });
  assert.equal(m.state.counters.corrected, 1);
});

test('after a loss a context tells who runs, without since when', () => {
  const m = new Machine();
  m.switch(100, 5, 1, 6);
  const { stream } = traceEvent({ name: 'x', time: 0, cpu: 0, fields: {} });
  m.state.notice({ kind: 'discarded-events', stream, count: 3, begin_ns: null, end_ns: null, message: '' });
  assert.equal(m.state.at().cpus()[0]!.tid, null);
  m.event(300, 'syscall_entry_getpid', {}, 7);
  const { tid, since_ns } = m.state.at().cpus()[0]!;
  assert.deepEqual([tid, since_ns], [7, null]);
  m.switch(400, 7, 1, 5);
  assert.deepEqual(m.thread(7), { state: 'sleeping', cpu: 0, wait: 0, switches: 0 });
  assert.equal(m.state.counters.lost, 3);
});

test('the first wake-up counts, and one of a thread that runs does not', () => {
  const m = new Machine();
  m.switch(100, 0, 0, 5);
  m.wake(110, 5, 5);
  m.wake(120, 6, 5);
  m.wake(130, 6, 5);
  m.switch(150, 5, 256, 6);
  assert.deepEqual([m.thread(5).state, m.thread(6)], ['runnable', { state: 'running', cpu: 0, wait: 30, switches: 1 }]);
  assert.equal(m.state.at().thread(6)?.waker, 5);
});

test('a pid that is used again is another thread', () => {
  const m = new Machine();
  const fork = (time: number): void => {
    const parent = { parent_comm: 'sh', parent_tid: 1, parent_pid: 1 };
    m.event(time, 'sched_process_fork', { ...parent, child_comm: 'sh', child_tid: 9, child_pid: 9 }, 1);
  };
  fork(10);
  const first = m.state.at().thread(9)!;
  m.event(20, 'sched_process_free', { comm: 'sh', tid: 9, prio: 20 }, 1);
  assert.equal(m.state.at().thread(9), null);
  fork(30);
  const second = m.state.at().thread(9)!;
  assert.deepEqual([first.incarnation, second.incarnation, second.started_ns], [0, 1, 30n]);
  assert.deepEqual(m.state.at(15n).thread(9), first);
  assert.equal(
    m.state
      .at()
      .threads({ recent: true })
      .filter(({ tid }) => tid === 9).length,
    2,
  );
});

test('the idle thread is idle while others run, and waits for nothing', () => {
  const m = new Machine();
  m.switch(100, 0, 0, 5);
  assert.deepEqual(m.thread(0), { state: 'idle', cpu: 0, wait: 0, switches: 0 });
  assert.equal(m.state.at(150n).thread(0)!.wait, null);
  m.switch(200, 5, 1, 0);
  m.wake(300, 6, 0);
  m.event(310, 'syscall_exit_read', { ret: 1 }, 6);
  assert.deepEqual(m.thread(0), { state: 'idle', cpu: 0, wait: 0, switches: 1 });
  m.switch(400, 6, 1, 0);
  m.wake(500, 7, 0);
  m.switch(600, 7, 1, 0);
  assert.deepEqual(m.thread(0), { state: 'running', cpu: 0, wait: 0, switches: 3 });
});
