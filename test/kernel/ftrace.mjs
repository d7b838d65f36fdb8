/**
 * The kernel's own trace of some events as an independent clock: an ftrace instance of the test's own, on the monotonic
 * clock, read as text (so times are whole microseconds).
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { agrees } from './lib.mjs';

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

/** Between two probes of a tracepoint, the tracker's and the trace's, an interrupt or a hypervisor may take its time. */
const PROBES_APART_NS = 2e6;

/**
 * Finds each traced operation among the reported ones: same `where`, nearest beginning. Both are
 * `{ where: string, ns: number }`, ns on CLOCK_MONOTONIC; traced ones that the tracker cannot see are `hidden`.
 *
 * @returns {{ pairs: [traced, reported][], unseen: traced[], invented: reported[] }} unseen: traced, not hidden, not
 *   reported; invented: reported within the period of the trace, but not traced
 */
export function pairUp(traced, reported) {
  const waiting = groupBy(reported);
  for (const list of waiting.values()) list.sort((a, b) => a.ns - b.ns);
  const pairs = [];
  const unseen = [];
  const ordered = traced.toSorted((a, b) => a.ns - b.ns);
  for (const one of ordered.filter(({ hidden }) => !hidden)) {
    const list = waiting.get(one.where) ?? [];
    let nearest = -1;
    for (let i = 0; i < list.length && list[i].ns <= one.ns + PROBES_APART_NS; i++) {
      if (nearest < 0 || Math.abs(list[i].ns - one.ns) < Math.abs(list[nearest].ns - one.ns)) nearest = i;
    }
    if (nearest < 0 || list[nearest].ns < one.ns - PROBES_APART_NS) unseen.push(one);
    else pairs.push([one, ...list.splice(nearest, 1)]);
  }
  const hidden = ordered.filter((one) => one.hidden);
  const invented = [...waiting.values()].flat().filter((one) => {
    if (one.ns <= ordered[0]?.ns || one.ns >= ordered.at(-1)?.ns) return false;
    return !hidden.some(({ where, ns }) => where === one.where && Math.abs(ns - one.ns) <= PROBES_APART_NS);
  });
  return { pairs, unseen, invented };
}

/**
 * All but 1 % of the pairs, `{ delay_ns }` and `{ outlier }`, have the same delay (see PROBES_APART_NS).
 *
 * @returns the pairs that differ, when they are too many; else none
 */
export function disagreeing(pairs) {
  const off = pairs.filter(([{ delay_ns }, { outlier }]) => !agrees(outlier.delay_ns, delay_ns));
  return off.length <= pairs.length / 100 ? [] : off;
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

/** When an outlier began, on CLOCK_MONOTONIC: its id holds that, `<tracker>-<begin>-<number>`. */
export const monotonicBegin = (outlier) => Number(outlier.id.split('-').at(-2));
