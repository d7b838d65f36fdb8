/**
 * The rows about many hosts in Redis of `npm run bench:state`: what they cost a server.
 *
 * Simulated hosts are copies of one recorded idle second (see `Shape`): each tells as a provider does, twice a second, for
 * longer than a window, so that collecting is in the figures. All of them are in one process here, which shares the CPUs with
 * the servers: its time and theirs are figures of their own, and what changed in a round is made once for all hosts.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { RedisServer, skipReason, startCluster } from '../../test/state/redis-server.mjs';

const HOSTS = 1000;
const NODES = 3;
const INTERVAL_MS = 500;
const WINDOW_NS = 10e9;
/** Hosts are collected once in so many rounds: as many groups of them begin one after the other. */
const GROUPS = 10;
/** A window, and the collection after it. */
const WARM_ROUNDS = WINDOW_NS / 1e6 / INTERVAL_MS + 6;
/** An idle server: what lives, and what changes in half a second. */
const SHAPE = { tasks: 200, processes: 120, fds: 800, changedTasks: 40, changedFds: 10, changedCpus: 4, cpus: 8 };
const BEGIN_NS = 1_700_000_000_000_000_000n;

const kilo = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`;
const percent = (share) => `${(share * 100).toFixed(2)}%`;
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
    return { kind: 'task', uid, cells: cells({ ...doing, cpu_ns: to, wait_ns: to / 7, switches: round }, at(i)) };
  });
  const fds = Array.from({ length: SHAPE.changedFds }, (_, i) => {
    const uid = turn(round, i, SHAPE.fds);
    return { kind: 'fd', uid, cells: cells({ read_bytes: round * 100, reads: round, io_ns: to / 9 }, at(i)) };
  });
  const cpus = Array.from({ length: SHAPE.changedCpus }, (_, i) => {
    const doing = { current: i, current_since: at(i), softirq: null, softirq_since: at(i), busy_ns: to / 3 };
    return { kind: 'cpu', uid: i, cells: cells(doing, at(i)) };
  });
  return [...tasks, ...fds, ...cpus];
}

/** Of a round, once for all hosts: what providers do on machines of their own is not to be done here. */
const all = everything();
let told = { round: -1, entities: [] };

function delta(host, round, full = false) {
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

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * Loads all hosts, and tells a window of each, as fast as it goes. They begin one group after the other, so that not all of
 * them are collected in the same round.
 *
 * @returns the next round, and milliseconds of loading a host
 */
async function begin(store, names) {
  let load_ms = 0;
  let round = 0;
  for (; round <= GROUPS + WARM_ROUNDS; round++) {
    const began = performance.now();
    for (const host of names.filter((_, i) => i % GROUPS === round)) await store.apply(delta(host, round, true));
    load_ms += performance.now() - began;
    await tell(
      store,
      names.filter((_, i) => i % GROUPS < round),
      round,
    );
  }
  return { round, load_ms: load_ms / names.length };
}

const tell = (store, names, round) => Promise.all(names.map((host) => store.apply(delta(host, round))));

/** What the servers have done: processor seconds, of them in functions, bytes and commands. */
const used = (nodes) => ({
  cpu_s: sum(nodes.map((node) => node.cpu_s())),
  functions_s: sum(nodes.map((node) => node.functions_s())),
  bytes: sum(nodes.map((node) => node.info('total_net_input_bytes'))),
  commands: sum(nodes.map((node) => node.calls())),
});

/** All hosts tell a server, or the nodes of a cluster, for some rounds in real time. */
async function simulate(nodes, url, hosts, seconds) {
  const store = openRedisStore(url, { timeout_ms: 60_000 });
  const names = Array.from({ length: hosts }, (_, i) => `host${i}`);
  const { round, load_ms } = await begin(store, names);
  const before = used(nodes);
  const own = process.cpuUsage();
  const start = performance.now();
  const rounds = (seconds * 1000) / INTERVAL_MS;
  for (let i = 0; i < rounds; i++) {
    await tell(store, names, round + i);
    const rest = start + (i + 1) * INTERVAL_MS - performance.now();
    if (rest > 0) await sleep(rest);
  }
  const wall_s = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(own);
  const after = used(nodes);
  const hostSeconds = hosts * seconds;
  const per = Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] - before[name]) / hostSeconds]));
  const memory = sum(nodes.map((node) => node.info('used_memory'))) / hosts;
  const question = await asking(store, names);
  await store.close();
  return { hosts, load_ms, memory, question, per, own_s: (user + system) / 1e6 / hostSeconds, real: wall_s / seconds };
}

/** Milliseconds of one question about the threads, and about the descriptors, of a host. */
async function asking(store, names) {
  const times = [];
  for (const kind of ['task', 'fd']) {
    const began = performance.now();
    for (const host of names.slice(0, 50)) await store.list(host, kind);
    times.push((performance.now() - began) / Math.min(50, names.length));
  }
  return times;
}

async function withNodes(count, run) {
  const nodes = count === 1 ? [await RedisServer.start([])] : await startCluster(count, 15_000);
  const [first] = nodes;
  try {
    return await run(nodes, count === 1 ? first.url : `redis://127.0.0.1:${first.port}`);
  } finally {
    for (const node of nodes) await node.stop();
  }
}

const micro = (seconds) => (seconds * 1e6).toFixed(0);
const inTime = (real) => (real > 1.05 ? `${real.toFixed(2)} x` : 'yes');

const row = (name, { hosts, per, own_s, memory, load_ms, question, real }) =>
  `| ${[
    name,
    hosts,
    kilo(per.bytes),
    per.commands.toFixed(2),
    micro(per.cpu_s),
    micro(per.functions_s),
    percent(per.cpu_s * hosts),
    percent(own_s * hosts),
    kilo(memory),
    load_ms.toFixed(1),
    question.map((ms) => ms.toFixed(1)).join(', '),
    inTime(real),
  ].join(' | ')} |`;

/** Late is not the servers' fault when they would have had time, and the simulator took the CPUs. */
function verdict(servers, { hosts, per, own_s, real }) {
  const need = per.cpu_s * hosts;
  const seen = `${inTime(real)}; servers ${percent(need)} of a CPU, simulator ${percent(own_s * hosts)}`;
  const met = real <= 1.05 ? 'yes' : need / servers < 0.9 ? 'the servers would' : 'no';
  return {
    what: `${hosts} hosts, ${servers === 1 ? 'one redis-server' : `cluster of ${servers}`}`,
    target: 'in real time',
    seen,
    met,
  };
}

/**
 * Simulated hosts on one server and on a cluster.
 *
 * @returns verdicts
 */
export async function benchRedis(say, seconds) {
  say();
  const skip = skipReason();
  if (skip) {
    say(`Redis: skipped, ${skip}.`);
    return [];
  }
  const { tasks, fds, changedTasks, changedFds, changedCpus } = SHAPE;
  say(
    `Redis: simulated hosts of ${tasks} threads and ${fds} descriptors; every ${INTERVAL_MS} ms ${changedTasks} threads, ` +
      `${changedFds} descriptors and ${changedCpus} CPUs have changed (load average before: ${loadavg()[0].toFixed(1)}). ` +
      'All servers together: `us` of a CPU for each host and second, of them in the functions (by the clock: more than all when the machine is busy); `servers` and `simulator`: of ' +
      'one CPU for all hosts in real time, the simulator being all hosts in one process with one connection.',
  );
  say();
  say(
    '| server | hosts | bytes/host/s | commands/host/s | us/host/s | in functions | servers | simulator | memory/host | load ms | ask threads, fds ms | in time |',
  );
  say('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|:-:|');
  const one = (hosts) => withNodes(1, (nodes, url) => simulate(nodes, url, hosts, seconds));
  say(row('one', await one(1)));
  const many = await one(HOSTS);
  say(row('one', many));
  const cluster = await withNodes(NODES, (nodes, url) => simulate(nodes, url, HOSTS, seconds));
  say(row(`cluster of ${NODES}`, cluster));
  return [verdict(1, many), verdict(NODES, cluster)];
}
