/** A simulated host: an idle server with what lives in it, and what it tells of that twice a second. */

export const INTERVAL_MS = 500;
export const WINDOW_NS = 10e9;
const BEGIN_NS = 1_700_000_000_000_000_000n;
/** An idle server: what lives, and what changes in half a second. */
export const SHAPE = {
  tasks: 200,
  processes: 120,
  fds: 800,
  changedTasks: 40,
  changedFds: 10,
  changedCpus: 4,
  cpus: 8,
};

/** A simulated change of state that takes its turn, so that all of them change in time. */
const turn = (round, i, count) => (round * 7 + i * 3) % count;

const cells = (values, time) => Object.entries(values).map(([property, value]) => ({ property, value, time }));
const task = (uid, time) => {
  const who = { tid: 1000 + uid, incarnation: 0, process: uid % SHAPE.processes, name: `worker-${uid}` };
  const doing = {
    state: 'sleeping',
    state_since: time,
    prio: 20,
    cpu: uid % SHAPE.cpus,
    waker: 1,
    syscall: 'epoll_wait',
  };
  const since = { syscall_since: time, waits_for: 9, exited: 0, vtid: 1000 + uid, started: null };
  const sums = { cpu_ns: time, wait_ns: uid, switches: uid, migrations: 3 };
  return cells({ born: 0, died: null, ...who, ...doing, ...since, ...sums }, 0);
};
const fd = (uid) => {
  const what = { files: uid % SHAPE.processes, fd: uid % 20, file: uid, cloexec: 1, opened: 5e9, asked: 5e9 };
  const sums = {
    read_bytes: 8192 * uid,
    written_bytes: 77,
    reads: uid,
    writes: 5,
    errors: 0,
    io_ns: 12_345,
    longest_ns: 999,
  };
  return cells({ born: 0, died: null, ...what, ...sums }, 0);
};
const file = (uid) => {
  const what = {
    type: 'file',
    path: `/usr/lib/x86_64-linux-gnu/lib-${uid}.so.1`,
    flags: 0,
    users: 1,
    inode: 123_456 + uid,
  };
  const socket = { family: null, socket_type: null, local: '', peer: '', listening: 0, ends: null };
  return cells({ born: 0, died: null, ...what, ...socket }, 0);
};
const process_ = (uid) => {
  const names = ['pid_ns', 'net_ns', 'uts_ns', 'ipc_ns', 'user_ns', 'cgroup_ns', 'time_ns'];
  const who = {
    pid: 1000 + uid,
    incarnation: 0,
    parent: 1,
    name: `service-${uid}`,
    executable: `/usr/sbin/service-${uid}`,
  };
  const more = {
    directory: '/',
    cgroup: `/system.slice/service-${uid}.service`,
    threads: 2,
    running: 2,
    files: uid,
    is_kernel: 0,
  };
  const spaces = Object.fromEntries(names.map((name) => [name, 4_026_531_836]));
  const sums = { file_read_bytes: 1e6, file_written_bytes: 1e5, net_read_bytes: 0, net_written_bytes: 0 };
  return cells({ born: 0, died: null, ...who, ...more, vpid: null, user: 0, ...spaces, ...sums }, 0);
};
const cpu = (uid, time) => {
  const doing = {
    cpu: uid,
    current: 0,
    current_since: time,
    irq: null,
    irq_since: time,
    softirq: null,
    softirq_since: time,
  };
  return cells({ born: 0, died: null, ...doing, idle_state: 2, idle_state_since: time, busy_ns: time, irq_ns: 9 }, 0);
};

const many = (count, kind, make) => Array.from({ length: count }, (_, uid) => ({ kind, uid, cells: make(uid, 0) }));

function everything() {
  return [
    ...many(SHAPE.cpus, 'cpu', cpu),
    ...many(SHAPE.tasks, 'task', task),
    ...many(SHAPE.processes, 'process', process_),
    ...many(SHAPE.fds, 'fd', fd),
    ...many(SHAPE.fds, 'file', file),
  ];
}

function changed(round, from, to) {
  const at = (i) => from + 1000 * (i + 1);
  const tasks = Array.from({ length: SHAPE.changedTasks }, (_, i) => {
    const uid = turn(round, i, SHAPE.tasks);
    const doing = { state: 'sleeping', state_since: at(i), cpu: i % SHAPE.cpus, waker: 17, syscall_since: at(i) - 99 };
    return {
      kind: 'task',
      uid,
      cells: cells({ ...doing, cpu_ns: to, wait_ns: Math.round(to / 7), switches: round }, at(i)),
    };
  });
  const fds = Array.from({ length: SHAPE.changedFds }, (_, i) => {
    const uid = turn(round, i, SHAPE.fds);
    return {
      kind: 'fd',
      uid,
      cells: cells({ read_bytes: round * 100, reads: round, io_ns: Math.round(to / 9) }, at(i)),
    };
  });
  const cpus = Array.from({ length: SHAPE.changedCpus }, (_, i) => {
    const doing = {
      current: i,
      current_since: at(i),
      softirq: null,
      softirq_since: at(i),
      busy_ns: Math.round(to / 3),
    };
    return { kind: 'cpu', uid: i, cells: cells(doing, at(i)) };
  });
  return [...tasks, ...fds, ...cpus];
}

/** Of a round, once for all hosts: what providers do on machines of their own is not to be done here. */
const all = everything();
let told = { round: -1, entities: [] };

/** What a host tells in a round; `full`: everything. */
export function delta(host, round, full = false) {
  const to = Math.round(round * INTERVAL_MS * 1e6);
  const from = Math.max(0, to - INTERVAL_MS * 1e6);
  if (told.round !== round) told = { round, entities: changed(round, from, to) };
  return {
    host,
    sequence: round + 1,
    full,
    origin_ns: BEGIN_NS,
    from,
    to,
    window_ns: WINDOW_NS,
    living: all.length,
    entities: full ? all : told.entities,
    counters: { events: round * 500, lost: 0 },
  };
}
