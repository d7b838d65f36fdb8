/**
 * The kernel's own trace of some events as an independent clock: an ftrace instance of the test's own, on the monotonic
 * clock, read as text (so times are whole microseconds).
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].find((path) => existsSync(`${path}/instances`));

/** A reason to skip, or false. */
export function needFtrace(...events) {
  if (TRACEFS === undefined) return 'tracefs is not mounted';
  const missing = events.filter((event) => !existsSync(`${TRACEFS}/events/${event}`));
  return missing.length > 0 ? `this kernel does not trace ${missing.join(', ')}` : false;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} events such as `irq/irq_handler_entry`
 */
export function ftrace(t, events) {
  const folder = `${TRACEFS}/instances/tailtrap-test-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const write = (file, text) => writeFileSync(`${folder}/${file}`, text);
  mkdirSync(folder);
  t.after(() => {
    write('tracing_on', '0');
    for (const event of events) write(`events/${event}/enable`, '0');
    rmdirSync(folder);
  });
  write('tracing_on', '0');
  write('trace_clock', 'mono');
  write('buffer_size_kb', '8192');
  for (const event of events) write(`events/${event}/enable`, '1');
  return {
    start: () => write('tracing_on', '1'),
    /** Stops and returns the events in order of time: `{ cpu, tid, ns, event, text }`. */
    stop() {
      write('tracing_on', '0');
      const lost = readFileSync(`${folder}/trace`, 'utf8').match(/entries-in-buffer\/entries-written: (\d+)\/(\d+)/);
      if (lost !== null && lost[1] !== lost[2]) throw new Error(`the trace lost events: ${lost[0]}`);
      const parsed = [];
      for (const line of readFileSync(`${folder}/trace`, 'utf8').split('\n')) {
        const match = /^\s*.*-(\d+)\s+\[(\d+)\]\s+\S+\s+(\d+)\.(\d{6}): (\w+): (.*)$/.exec(line);
        if (match === null) continue;
        const ns = Number(match[3]) * 1e9 + Number(match[4]) * 1e3;
        parsed.push({ tid: Number(match[1]), cpu: Number(match[2]), ns, event: match[5], text: match[6] });
      }
      return parsed;
    },
  };
}

/**
 * Threads of process 1. There are machines, guests of a hypervisor, whose kernel runs no BPF program in the threads of
 * their init: what interrupts those is in the kernel's trace, but no tracker can see it.
 */
export const ofInit = (tid) => existsSync(`/proc/1/task/${tid}`);

/**
 * Finds each traced operation among the reported ones: same `where`, nearly the same beginning. Both are
 * `{ where: string, ns: number }`, ns on CLOCK_MONOTONIC.
 *
 * @returns {{ pairs: [traced, reported][], unseen: traced[], invented: reported[] }} invented: reported, not traced,
 *   though within the period of the trace
 */
export function pairUp(traced, reported, tolerance_ns = 200e3) {
  const waiting = groupBy(reported);
  for (const list of waiting.values()) list.sort((a, b) => a.ns - b.ns);
  const pairs = [];
  const unseen = [];
  const ordered = traced.toSorted((a, b) => a.ns - b.ns);
  for (const one of ordered) {
    const list = waiting.get(one.where) ?? [];
    const at = list.findIndex((other) => Math.abs(other.ns - one.ns) <= tolerance_ns);
    if (at < 0) unseen.push(one);
    else pairs.push([one, ...list.splice(0, at + 1).slice(-1)]);
  }
  const seen = new Set(pairs.map(([, other]) => other));
  const within = (one) => one.ns > ordered[0]?.ns && one.ns < ordered.at(-1)?.ns;
  return { pairs, unseen, invented: reported.filter((one) => within(one) && !seen.has(one)) };
}

function groupBy(list) {
  const groups = new Map();
  for (const one of list) {
    const group = groups.get(one.where);
    if (group === undefined) groups.set(one.where, [one]);
    else group.push(one);
  }
  return groups;
}

/** When an outlier began and ended, on CLOCK_MONOTONIC. `offset_ns` of epochOffset_ns(). */
export function monotonic(outlier, offset_ns) {
  return { begin_ns: Number(BigInt(outlier.begin_ns) - offset_ns), end_ns: Number(BigInt(outlier.end_ns) - offset_ns) };
}

/** Nanoseconds from CLOCK_MONOTONIC to the epoch, good to some microseconds: Date.now() is watched as it ticks. */
export function epochOffset_ns() {
  let best = null;
  for (let i = 0; i < 20; i++) {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    const offset = BigInt(now) * 1_000_000n - process.hrtime.bigint();
    if (best === null || offset > best) best = offset; // seen late, it looks smaller
  }
  return best;
}
