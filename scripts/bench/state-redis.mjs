/**
 * The rows about Redis of `npm run bench:state`: what hosts cost a server, and one machine the agent.
 *
 * Simulated hosts are copies of one recorded idle second (see `Shape`): each tells as a provider does, twice a second, for
 * longer than a window, so that collecting is in the figures. All of them are in one process here, which is what limits the
 * rate when the server does not; the server's time is its own figure.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { RedisServer, skipReason, startCluster } from '../../test/state/redis-server.mjs';
import { ROOT } from '../lib/files.mjs';

const HOSTS = 1000;
const INTERVAL_MS = 500;
const WINDOW_NS = 10e9;
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

function delta(host, round) {
  const to = Math.round(round * INTERVAL_MS * 1e6);
  const from = Math.max(0, to - INTERVAL_MS * 1e6);
  const base = { host, sequence: round + 1, full: round === 0, origin_ns: BEGIN_NS, from, to, window_ns: WINDOW_NS };
  return {
    ...base,
    entities: round === 0 ? everything() : changed(round, from, to),
    counters: { events: round * 500, lost: 0 },
  };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** All hosts tell a server, or the nodes of a cluster, for some rounds in real time, after a window that is told as fast as it goes. */
async function simulate(nodes, url, hosts, seconds) {
  const store = openRedisStore(url, { timeout_ms: 60_000 });
  const names = Array.from({ length: hosts }, (_, i) => `host${i}`);
  const tell = (round) => Promise.all(names.map((host) => store.apply(delta(host, round))));
  const began = performance.now();
  for (const host of names) await store.apply(delta(host, 0));
  const load_ms = (performance.now() - began) / hosts;
  const warm = WINDOW_NS / 1e6 / INTERVAL_MS + 6;
  for (let round = 1; round <= warm; round++) await tell(round);
  const before = sum(nodes.map((node) => node.cpu_s()));
  const bytesOf = () => sum(nodes.map((node) => node.info('total_net_input_bytes')));
  const callsOf = () => sum(nodes.map((node) => node.calls()));
  const [sent, commands] = [bytesOf(), callsOf()];
  const own = process.cpuUsage();
  const start = performance.now();
  const rounds = (seconds * 1000) / INTERVAL_MS;
  for (let i = 0; i < rounds; i++) {
    await tell(warm + 1 + i);
    const rest = start + (i + 1) * INTERVAL_MS - performance.now();
    if (rest > 0) await sleep(rest);
  }
  const wall_s = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(own);
  const cpu_s = sum(nodes.map((node) => node.cpu_s())) - before;
  const perHost = 1 / hosts / (rounds * (INTERVAL_MS / 1000));
  const [allBytes, allCalls] = [bytesOf(), callsOf()];
  const memory = sum(nodes.map((node) => node.info('used_memory'))) / hosts;
  const question = await asking(store, names);
  await store.close();
  return {
    hosts,
    load_ms,
    memory,
    question,
    cpu: cpu_s / wall_s,
    own_us_per_delta: (user + system) / hosts / rounds,
    cpu_us_per_delta: (cpu_s * 1e6) / hosts / rounds,
    bytes: (allBytes - sent) * perHost,
    commands: (allCalls - commands) * perHost,
    real: wall_s / seconds,
  };
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

const row = (
  name,
  { hosts, cpu, cpu_us_per_delta, own_us_per_delta, bytes, commands, memory, load_ms, question, real },
) =>
  `| ${[
    name,
    hosts,
    kilo(bytes),
    commands.toFixed(2),
    percent(cpu),
    cpu_us_per_delta.toFixed(0),
    own_us_per_delta.toFixed(0),
    kilo(memory),
    load_ms.toFixed(1),
    question.map((ms) => ms.toFixed(1)).join(', '),
    real > 1.05 ? `${real.toFixed(2)} x` : 'yes',
  ].join(' | ')} |`;

/** Simulated hosts on one server and on a cluster. */
export async function benchRedis(say, seconds) {
  say();
  const skip = skipReason();
  if (skip) {
    say(`Redis: skipped, ${skip}.`);
    return;
  }
  const { tasks, fds, changedTasks, changedFds, changedCpus } = SHAPE;
  say(
    `Redis: simulated hosts of ${tasks} threads and ${fds} descriptors; every ${INTERVAL_MS} ms ${changedTasks} threads, ` +
      `${changedFds} descriptors and ${changedCpus} CPUs have changed (load average before: ${loadavg()[0].toFixed(1)}). \`cpu\`: of all servers, of one CPU.`,
  );
  say();
  say(
    '| server | hosts | bytes/host/s | commands/host/s | cpu | us/delta | memory/host | load ms | ask threads, fds ms | in time |',
  );
  say('|---|--:|--:|--:|--:|--:|--:|--:|--:|:-:|');
  say(row('one', await withNodes(1, (nodes, url) => simulate(nodes, url, 1, seconds))));
  say(row('one', await withNodes(1, (nodes, url) => simulate(nodes, url, HOSTS, seconds))));
  say(row('cluster of 3', await withNodes(3, (nodes, url) => simulate(nodes, url, HOSTS, seconds))));
}

/** Processor seconds of a process, from /proc. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The agent with a Redis, watching this machine: both together must stay below the target. */
export async function benchRedisLive(say, seconds, target) {
  if (skipReason() || process.getuid() !== 0) return;
  const server = await RedisServer.start([]);
  const agent = spawn(process.execPath, [join(ROOT, 'bin/tailtrap'), 'state', '--redis', server.url, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  agent.stdout.on('data', (data) => {
    text += data;
  });
  try {
    // Until it is started and compiled, and longer than a window.
    await sleep(15_000);
    const before = [cpuOf(agent.pid), server.cpu_s(), server.info('total_net_input_bytes'), server.calls()];
    await sleep(seconds * 1000);
    const after = [cpuOf(agent.pid), server.cpu_s(), server.info('total_net_input_bytes'), server.calls()];
    const [own, redis, bytes, commands] = after.map((value, i) => (value - before[i]) / seconds);
    say();
    say(
      `Live with Redis for ${seconds} s (load average ${loadavg()[0].toFixed(1)}): agent ${percent(own)}, redis-server ${percent(redis)}, together ` +
        `${percent(own + redis)} of a CPU; ${kilo(bytes)}/s in ${commands.toFixed(1)} commands/s. To reach on an idle machine: ${target}%.`,
    );
  } finally {
    agent.kill('SIGINT');
    await new Promise((resolve) => agent.once('close', resolve));
    await server.stop();
  }
  const counters = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .find(({ table }) => table === 'redis');
  if (counters !== undefined)
    say(`It told ${counters.deltas} deltas; ${counters.failed} failed, ${counters.delayed} late.`);
}
