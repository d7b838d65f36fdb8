/**
 * The rows about many hosts in Redis of `npm run bench:state`: what they cost a server.
 *
 * Each simulated host (simulated-host.mjs) tells as a provider does, twice a second, for longer than a window, so that
 * collecting is in the figures. All of them are in one process here, which shares the CPUs with
 * the servers: its time and theirs are figures of their own, and what changed in a round is made once for all hosts.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { RedisServer, skipReason, startCluster } from '../../test/state/redis-server.mjs';
import { delta, INTERVAL_MS, SHAPE, WINDOW_NS } from './simulated-host.mjs';

const HOSTS = 1000;
const NODES = 3;
/** Of a cluster hosts share clients: each of them finds out the whole of it first, and has a connection to every node. */
const CLUSTER_CLIENTS = 20;
/** Hosts are collected once in so many rounds: as many groups of them begin one after the other. */
const GROUPS = 10;
/** A window, and the collection after it. */
const WARM_ROUNDS = WINDOW_NS / 1e6 / INTERVAL_MS + 6;

const kilo = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`;
const percent = (share) => `${(share * 100).toFixed(2)}%`;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * Loads all hosts, and tells a window of each, as fast as it goes. They begin one group after the other, so that not all of
 * them are collected in the same round.
 *
 * @returns the next round, and milliseconds of loading a host
 */
async function begin(storeOf, names) {
  let load_ms = 0;
  let round = 0;
  for (; round <= GROUPS + WARM_ROUNDS; round++) {
    const began = performance.now();
    const group = names.filter((_, i) => i % GROUPS === round);
    await Promise.all(group.map((host) => storeOf(host).apply(delta(host, round, true))));
    load_ms += performance.now() - began;
    const others = names.filter((_, i) => i % GROUPS < round);
    await tell(storeOf, others, round);
  }
  return { round, load_ms: load_ms / names.length };
}

const tell = (storeOf, names, round) => Promise.all(names.map((host) => storeOf(host).apply(delta(host, round))));

/** What the servers have done: processor seconds, of them in functions, bytes and commands. */
const used = (nodes) => ({
  cpu_s: sum(nodes.map((node) => node.cpu_s())),
  functions_s: sum(nodes.map((node) => node.functions_s())),
  bytes: sum(nodes.map((node) => node.info('total_net_input_bytes'))),
  commands: sum(nodes.map((node) => node.calls())),
});

/** All hosts tell a server, or the nodes of a cluster, for some rounds in real time. */
async function simulate(nodes, url, { hosts, connections }, seconds) {
  const names = Array.from({ length: hosts }, (_, i) => `host${i}`);
  const stores = Array.from({ length: connections }, () => openRedisStore(url, { timeout_ms: 60_000 }));
  const places = new Map(names.map((host, i) => [host, i % connections]));
  const storeOf = (host) => stores[places.get(host)];
  const { round, load_ms } = await begin(storeOf, names);
  const before = used(nodes);
  const own = process.cpuUsage();
  const start = performance.now();
  const rounds = (seconds * 1000) / INTERVAL_MS;
  for (let i = 0; i < rounds; i++) {
    await tell(storeOf, names, round + i);
    const rest = start + (i + 1) * INTERVAL_MS - performance.now();
    if (rest > 0) await sleep(rest);
  }
  const wall_s = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(own);
  const after = used(nodes);
  const hostSeconds = hosts * seconds;
  const per = Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] - before[name]) / hostSeconds]));
  const memory = sum(nodes.map((node) => node.info('used_memory'))) / hosts;
  const question = await asking(storeOf(names[0]), names);
  for (const store of stores) await store.close();
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
      `one CPU for all hosts in real time, the simulator being one process for all of them, with a connection for each ` +
      `(of the cluster ${CLUSTER_CLIENTS} clients).`,
  );
  say();
  say(
    '| server | hosts | bytes/host/s | commands/host/s | us/host/s | in functions | servers | simulator | memory/host | load ms | ask threads, fds ms | in time |',
  );
  say('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|:-:|');
  const one = (hosts) => withNodes(1, (nodes, url) => simulate(nodes, url, { hosts, connections: hosts }, seconds));
  say(row('one', await one(1)));
  const many = await one(HOSTS);
  say(row('one', many));
  const cluster = await withNodes(NODES, (nodes, url) =>
    simulate(nodes, url, { hosts: HOSTS, connections: CLUSTER_CLIENTS }, seconds),
  );
  say(row(`cluster of ${NODES}`, cluster));
  return [verdict(1, many), verdict(NODES, cluster)];
}
