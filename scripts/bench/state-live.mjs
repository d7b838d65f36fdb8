/**
 * The rows about the live machine of `npm run bench:state`: what it costs to watch it, and whose cost it is. The agent is
 * measured from outside, and the kernel leaves the benchmark's own calls out of the agent's trace. Three times, one after
 * the other, its trace holds:
 *
 *   the machine   all there is: the number in question when the machine is idle, `others` says whether it is
 *   a metronome   one program that reads a file a hundred times a second: an idle machine's events, whatever else runs
 *   nothing       no events: the fixed cost of looking
 *
 * What recording costs the programs that make events is not in a process of its own: `dd` with and without tells it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventsFor } from '../../dist/cli/state/machine.js';
import { TraceInstance } from '../../dist/kernel/recorder/instance.js';
import { findTracefs } from '../../dist/kernel/recorder/tracefs.js';
import { RedisServer, skipReason } from '../../test/state/redis-server.mjs';
import { ROOT } from '../lib/files.mjs';

/**
 * Longer than a window, and until most of what is hot is compiled: an idle machine gives so few events that this takes the
 * engine most of a minute, and agents run for months.
 */
const WARM_MS = 45_000;
/** Longer than a window, and the next collection. */
const AFTER_BUSY_MS = 13_000;
/** A filter's effect, and the events before it that still have to be read. */
const SETTLE_MS = 1000;
/** No thread has it: of /proc/sys/kernel/pid_max the largest value. */
const NOBODY = 4_194_303;
/** CPU of everything else, in percent of one, up to which the machine is idle. */
export const IDLE_PERCENT = 5;
/** A clock tick of /proc/stat; Linux has 100 a second for programs. */
const TICKS_PER_S = 100;

const METRONOME = fileURLToPath(new URL('metronome.mjs', import.meta.url));

const list = (path) => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};
const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const threads = (pid) => list(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`);
/** Of all threads, from the scheduler: exact, while /proc/PID/stat counts ticks. */
const cpuSeconds = (pid) =>
  threads(pid).reduce((sum, thread) => sum + Number(read(`${thread}/schedstat`).split(' ')[0] || 0), 0) / 1e9;
const wakeUps = (pid) =>
  threads(pid).reduce(
    (sum, thread) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`${thread}/status`))?.[1] ?? 0),
    0,
  );
/** user nice system - - irq softirq steal. */
const busySeconds = () => {
  const [user, nice, system, , , irq, softirq, steal] = read('/proc/stat').split(/\s+/).slice(1, 9).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_S;
};
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The agent's instance of ftrace, seen from outside. */
class Instance {
  #path;

  constructor(pid) {
    this.#path = join(findTracefs(), 'instances', `tailtrap-${pid}`);
  }

  get exists() {
    return existsSync(join(this.#path, 'set_event_pid'));
  }

  /** Events that were read, or lost. */
  count(...names) {
    const cpus = list(join(this.#path, 'per_cpu')).map((cpu) => read(join(this.#path, 'per_cpu', cpu, 'stats')));
    return sum(
      cpus.flatMap((text) => names.map((name) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1]))),
    );
  }

  only(pid) {
    writeFileSync(join(this.#path, 'set_event_pid'), `${pid}`);
  }

  leaveOut(pids) {
    writeFileSync(join(this.#path, 'set_event_notrace_pid'), pids.join(' '));
  }
}

/** What a while costs, in percent of one CPU, and a second. */
async function watch(instance, { agent, server, metronome }, seconds) {
  const now = () => ({
    time_s: performance.now() / 1e3,
    agent: cpuSeconds(agent),
    server: server === null ? 0 : cpuSeconds(server.child.pid),
    others: busySeconds() - sum([agent, server?.child.pid, metronome, process.pid].map((pid) => cpuSeconds(pid))),
    wakeUps: wakeUps(agent),
    events: instance.count('read events'),
    lost: instance.count('overrun', 'dropped events'),
  });
  const before = now();
  await sleep(seconds * 1000);
  const after = now();
  const passed_s = after.time_s - before.time_s;
  return Object.fromEntries(Object.keys(before).map((name) => [name, (after[name] - before[name]) / passed_s]));
}

/** @returns measured by what is traced; null when the agent does not run here */
async function measure(seconds, server) {
  const told = server === null ? ['--watch', '3600s'] : ['--redis', server.url];
  const agent = spawn(process.execPath, [join(ROOT, 'bin/tailtrap'), 'state', '--json', ...told], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => agent.once('close', resolve));
  let text = '';
  agent.stdout.on('data', (data) => {
    text += data;
  });
  const metronome = spawn(process.execPath, [METRONOME], { stdio: 'ignore' });
  try {
    const instance = new Instance(agent.pid);
    for (let i = 0; !instance.exists && agent.exitCode === null && i < 100; i++) await sleep(100);
    if (!instance.exists) return null;
    const who = { agent: agent.pid, server, metronome: metronome.pid };
    // The agent opens its files after it has made the folder.
    await sleep(SETTLE_MS);
    instance.leaveOut([process.pid, ...list(`/proc/${process.pid}/task`), ...list(`/proc/${metronome.pid}/task`)]);
    await sleep(WARM_MS);
    const machine = await watch(instance, who, seconds * 2);
    instance.leaveOut([]);
    instance.only(metronome.pid);
    // What a busy machine made has to leave the window, in the store too.
    await sleep(machine.others * 100 <= IDLE_PERCENT ? SETTLE_MS : AFTER_BUSY_MS);
    const paced = await watch(instance, who, seconds);
    instance.only(NOBODY);
    await sleep(SETTLE_MS);
    const nothing = await watch(instance, who, seconds);
    agent.kill('SIGINT');
    await ended;
    const counters = text.split('\n').find((line) => line.includes('"table":"redis"'));
    return { machine, paced, nothing, counters: counters === undefined ? null : JSON.parse(counters) };
  } finally {
    metronome.kill();
    if (agent.exitCode === null && agent.signalCode === null) agent.kill('SIGINT');
    await ended;
  }
}

const percent = (seconds) => (seconds * 100).toFixed(2);

function row(name, { agent, server, events, wakeUps: wakes, others, lost }, fixed, hasRedis) {
  const each = fixed === null || events === 0 ? '' : (((agent + server - fixed) * 1e6) / events).toFixed(1);
  const cells = [percent(agent), hasRedis ? percent(server) : '', percent(agent + server)];
  const more = [Math.round(events).toLocaleString('en'), each, wakes.toFixed(0), percent(others), Math.round(lost)];
  return `| ${[name, ...cells, ...more].join(' | ')} |`;
}

function tell(say, { machine, paced, nothing, counters }, hasRedis) {
  const fixed = nothing.agent + nothing.server;
  const redis = hasRedis ? ', Redis' : '';
  say(row(`the machine${redis}`, machine, fixed, hasRedis));
  say(row(`a metronome${redis}`, paced, fixed, hasRedis));
  say(row(`nothing${redis}`, nothing, null, hasRedis));
  return counters;
}

/** The number to judge: of this machine when it is idle, else of the metronome. */
function judged(target, { machine, paced }) {
  const idle = machine.others * 100 <= IDLE_PERCENT;
  const { agent, server, events } = idle ? machine : paced;
  const what = idle
    ? 'this machine'
    : `a metronome, as others took ${percent(machine.others)}% here (the machine: ${percent(machine.agent + machine.server)}%)`;
  const seen = `${percent(agent + server)}% at ${Math.round(events)} events/s; ${what}`;
  const met = (agent + server) * 100 <= target ? 'yes' : 'no';
  return { target: `at most ${target}% of a CPU`, seen, met };
}

/** ns that an event costs the program that makes it, median of three pairs. */
function recordingCost() {
  const COUNT = 200_000;
  const dd = () => {
    const script = `dd if=/dev/zero of=/dev/null bs=1 count=${COUNT} 2>/dev/null; times`;
    const [, children] = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
    return sum([...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => m * 60 + Number(s)));
  };
  const costs = [];
  for (let i = 0; i < 3; i++) {
    const without_s = dd();
    const instance = TraceInstance.create({ bufferBytes: 16 * 1024 * 1024, events: eventsFor([]), subBufferKiB: 16 });
    // Entry and exit of a read and a write.
    costs.push(((dd() - without_s) * 1e9) / COUNT / 4);
    instance.close();
  }
  return costs.toSorted((a, b) => a - b)[1];
}

/**
 * The live machine without and with Redis.
 *
 * @returns verdicts
 */
export async function benchLive(say, seconds, targets) {
  say();
  if (process.getuid() !== 0) {
    say('Live: skipped, it needs root.');
    return [];
  }
  say(
    `Live: \`tailtrap state\` watches scheduler, all system calls, disks, interrupts and network (${seconds * 2} s of this machine, ` +
      `${seconds} s of a metronome, and of nothing). Percent of one CPU; \`others\`: all else that ran. us/event: without the fixed cost.`,
  );
  say();
  const without = await measure(seconds, null);
  if (without === null) {
    say('Skipped, tailtrap state does not run here (see tailtrap doctor).');
    return [];
  }
  say('| traced | agent | redis-server | both | events/s | us/event | wake-ups/s | others | lost/s |');
  say('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
  tell(say, without, false);
  const verdicts = [{ what: 'idle machine, live', ...judged(targets.live, without) }];
  const skip = skipReason();
  const server = skip ? null : await RedisServer.start([]);
  let idle_s = 0;
  let counters = null;
  try {
    if (server !== null) {
      const before = cpuSeconds(server.child.pid);
      await sleep(3000);
      idle_s = (cpuSeconds(server.child.pid) - before) / 3;
      const redis = await measure(seconds, server);
      counters = tell(say, redis, true);
      verdicts.push({ what: 'the same with Redis (agent and redis-server)', ...judged(targets.redis, redis) });
    }
  } finally {
    await server?.stop();
  }
  say();
  if (skip) say(`With Redis: skipped, ${skip}.`);
  else say(`redis-server of which nobody wants anything: ${percent(idle_s)}%.`);
  if (counters !== null)
    say(`The agent told ${counters.deltas} deltas; ${counters.failed} failed, ${counters.delayed} late.`);
  const cost_ns = recordingCost();
  const { events } = without.machine.others * 100 <= IDLE_PERCENT ? without.machine : without.paced;
  say(
    `In the kernel: recording costs the programs that make the events ${cost_ns.toFixed(0)} ns an event (dd with and without); ` +
      `at ${Math.round(events)} events/s ${percent((cost_ns * events) / 1e9)}% of a CPU more.`,
  );
  return verdicts;
}
