/** Events that lie, and histories with holes: nothing is thrown, the bounds hold, and the tables fit together. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type PlainEvent, traceEvent } from './events.test.data.ts';
import { chooser, RandomMachine } from './history.test.data.ts';
import { LiveState } from './live-state.ts';
import { NONE } from './table.ts';

const LIMITS = { window_ns: 1_000_000, maxChanges: 40_000, maxTasks: 24, maxFds: 64 };

/** What rows refer to lives, and counts are right. */
function assertWhole(state: LiveState): void {
  const { tasks, processes, fds, files, fdSets, cpus, disks, requests } = state.model;
  const threads = new Map<number, number>();
  const users = new Map<number, number>();
  const setUsers = new Map<number, number>();
  const count = (map: Map<number, number>, key: number): void => {
    map.set(key, (map.get(key) ?? 0) + 1);
  };
  for (let row = 0; row < tasks.used; row++) {
    const process = tasks.process.data[row]!;
    if (!tasks.isAlive(row) || process === NONE) continue;
    assert.ok(processes.isAlive(process), `thread ${row} is of a dead process`);
    count(threads, process);
  }
  for (let row = 0; row < processes.used; row++) {
    if (!processes.isAlive(row)) continue;
    assert.equal(processes.threads.data[row], threads.get(row) ?? 0, 'threads of a process');
    const set = processes.files.data[row]!;
    if (set === NONE) continue;
    assert.ok(fdSets.isAlive(set), 'a process has a dead table of descriptors');
    count(setUsers, set);
  }
  for (let row = 0; row < fdSets.used; row++) {
    if (fdSets.isAlive(row)) assert.equal(fdSets.users.data[row], setUsers.get(row) ?? 0, 'users of a table');
  }
  for (let row = 0; row < fds.used; row++) {
    if (!fds.isAlive(row)) continue;
    assert.ok(fdSets.isAlive(fds.files.data[row]!), 'a descriptor is in a dead table');
    assert.ok(files.isAlive(fds.file.data[row]!), 'a descriptor refers to a dead file');
    assert.equal(state.descriptors.find(fds.files.data[row]!, fds.fd.data[row]!), row);
    count(users, fds.file.data[row]!);
  }
  for (let row = 0; row < files.used; row++) {
    if (files.isAlive(row)) assert.equal(files.users.data[row], users.get(row) ?? 0, 'users of a file');
  }
  for (let row = 0; row < cpus.used; row++) {
    const task = cpus.current.data[row]!;
    if (task !== NONE) assert.ok(tasks.isAlive(task), 'a CPU runs a dead thread');
  }
  let queued = 0;
  let inFlight = 0;
  for (let row = 0; row < requests.used; row++) {
    if (!requests.isAlive(row)) continue;
    if (Number.isNaN(requests.issued.data[row]!)) queued++;
    else inFlight++;
  }
  const sum = (data: Int32Array): number => data.slice(0, disks.used).reduce((total, value) => total + value, 0);
  assert.equal(sum(disks.queued.data), queued, 'queued requests');
  assert.equal(sum(disks.inFlight.data), inFlight, 'requests in flight');
}

function assertBounded(state: LiveState): void {
  const { model } = state;
  assert.ok(model.journal.count <= LIMITS.maxChanges * 2);
  for (const table of model.tables) assert.ok(table.used <= table.maxRows, table.kind);
  assert.ok(model.tasks.used <= LIMITS.maxTasks && model.fds.used <= LIMITS.maxFds);
}

const CALLS = ['openat', 'close', 'dup2', 'fcntl', 'pipe2', 'socket', 'accept4', 'connect', 'clone', 'splice', 'read'];
const CALLS_MORE = [
  'write',
  'close_range',
  'unshare',
  'execve',
  'ioctl',
  'socketpair',
  'pidfd_getfd',
  'futex',
  'unknown',
  'chdir',
];
const number = fc.oneof(
  fc.constantFrom(-1, 0, 1, 2, 3, 4, 5, 7, 2 ** 20, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER),
  fc.nat(9),
);
const FIELDS =
  `prev_tid next_tid prev_state prev_prio next_prio tid target_cpu prio dest_cpu newprio parent_tid parent_pid
  child_tid child_pid old_tid pid ppid type cpu fd flags irq vec dev sector nr_sector rwbs error old_dev len rc order state cpu_id
  ns_inum ns_level vtid vpid vuid ret dfd oldfd newfd fildes cmd arg family max_fd fd_in fd_out pidfd file_table_address id
  unshare_flags address_ipv4 pages`.split(/\s+/);
const TEXTS = ['prev_comm', 'next_comm', 'comm', 'child_comm', 'parent_comm', 'filename', 'name', 'diskname', 'action'];

const hostile: fc.Arbitrary<PlainEvent> = fc
  .tuple(fc.nat(1000), fc.array(number, { minLength: 70, maxLength: 70 }), fc.string(), number, fc.boolean(), fc.nat(3))
  .map(([which, numbers, text, cpu, hasContext, step]) => {
    const fields: Record<string, number | string | number[]> = {};
    FIELDS.forEach((name, i) => {
      fields[name] = numbers[i % numbers.length]!;
    });
    for (const name of TEXTS) fields[name] = text;
    // pipe2 and socketpair tell two numbers.
    if (which % 3 === 0) fields.fildes = [numbers[0]!, numbers[1]!];
    fields.socket = [numbers[2]!, numbers[3]!];
    fields.args = numbers.slice(0, 6);
    const name = NAMES[which % NAMES.length]!;
    if (hasContext) delete fields.tid;
    return {
      name,
      time: step * 1000,
      cpu: Math.abs(cpu) < 10 ? cpu : 0,
      fields,
      ...(hasContext ? { context: { tid: numbers[4]!, procname: text } } : {}),
    };
  });

const NAMES = [
  ...new LiveState().events.filter((name) => !name.includes('*')),
  ...[...CALLS, ...CALLS_MORE].flatMap((call) => [`syscall_entry_${call}`, `syscall_exit_${call}`]),
];

test('events that lie', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 150 }), (events) => {
      const state = new LiveState(LIMITS);
      let time = 0;
      for (const event of events) {
        time += event.time;
        state.update(traceEvent({ ...event, time }));
      }
      assertWhole(state);
      assertBounded(state);
      const query = state.at();
      query.threads({ recent: true });
      query.fds({ recent: true });
      query.processes();
      query.waiters();
      query.requests();
      state.changes();
      state.advance(BigInt(time) + 10_000_000n);
      assert.equal(state.model.deadRows, 0);
      assertWhole(state);
    }),
    { numRuns: 300 },
  );
});

test('histories with holes: what was lost costs no more than what it told', () => {
  for (let seed = 0; seed < 60; seed++) {
    const choose = chooser(seed);
    const machine = new RandomMachine(choose, 2);
    for (let i = 0; i < 400; i++) machine.step();
    const state = new LiveState({ ...LIMITS, maxTasks: 64, maxFds: 512 });
    let lost = 0;
    for (const event of machine.events) {
      if (choose(10) === 0) {
        lost++;
        continue;
      }
      if (lost > 3) {
        const stream = traceEvent(event).stream;
        state.notice({ kind: 'discarded-events', stream, count: lost, begin_ns: null, end_ns: null, message: '' });
        lost = 0;
      }
      state.update(traceEvent(event));
      assertWhole(state);
    }
    assert.ok(state.counters.lost > 0);
  }
});
