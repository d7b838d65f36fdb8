/**
 * Chrome's trace event format (JSON), for chrome://tracing, Perfetto and Speedscope. Processes of the picture are CPUs,
 * interrupts and outliers; real processes stand below them. Times are microseconds since the trace's begin, with three
 * decimals: as doubles of microseconds since the epoch they would lose the nanoseconds.
 */
import type { FieldObject } from '../../trace/event.ts';
import { Lanes } from './lanes.ts';
import type { Drawing, Interrupt, OutlierSpan, Place, Task, WakeupName, Woken } from './timeline.ts';

/** Above any real pid (2^22). */
const CPUS = 100_000_000;
const IRQS = 100_000_001;
const OUTLIERS = 100_000_002;

const CHUNK_CHARACTERS = 256 * 1024;

export class ChromeDrawing implements Drawing {
  readonly #sink: (text: string) => void;
  readonly #begin_ns: bigint;
  readonly #lanes = new Lanes();
  readonly #running = new Map<number, { readonly task: Task; readonly since: bigint }>();
  readonly #pids = new Map<number, number>();
  readonly #named = new Set<string>();
  #text = '';
  #separator = '';

  constructor(begin_ns: bigint, sink: (text: string) => void) {
    this.#begin_ns = begin_ns;
    this.#sink = sink;
    this.#text = `{"displayTimeUnit":"ns","otherData":{"begin_ns":"${begin_ns}"},"traceEvents":[\n`;
    for (const [pid, name] of [
      [CPUS, 'CPUs'],
      [IRQS, 'Interrupts'],
      [OUTLIERS, 'tailtrap_outlier'],
    ] as const) {
      this.#put({ ph: 'M', pid, name: 'process_name', args: { name } });
    }
  }

  switch(cpu: number, time_ns: bigint, _prev: Task & { readonly state: number }, next: Task): void {
    this.#endRun(cpu, time_ns);
    if (next.tid > 0) this.#running.set(cpu, { task: next, since: time_ns });
  }

  wakeup(name: WakeupName, cpu: number, time_ns: bigint, task: Woken): void {
    this.#name(CPUS, cpu, `CPU ${cpu}`);
    this.#put({ ph: 'i', s: 't', pid: CPUS, tid: cpu, ts: this.#us(time_ns), name, args: task });
  }

  irq(cpu: number, time_ns: bigint, _by: number, irq: Interrupt): void {
    this.#name(IRQS, cpu, `CPU ${cpu}`);
    const ph = irq.phase === 'begin' ? 'B' : 'E';
    const args = { [irq.kind]: irq.number };
    this.#put({
      ph,
      pid: IRQS,
      tid: cpu,
      ts: this.#us(time_ns),
      cat: irq.kind,
      ...(ph === 'B' ? { name: irq.name, args } : {}),
    });
  }

  syscallBegin(place: Place, time_ns: bigint, name: string, args: FieldObject): void {
    this.#put({ ph: 'B', ...this.#placeOf(place), ts: this.#us(time_ns), cat: 'syscall', name, args });
  }

  syscallEnd(place: Place, time_ns: bigint, name: string, args: FieldObject): void {
    this.#put({ ph: 'E', ...this.#placeOf(place), ts: this.#us(time_ns), cat: 'syscall', name, args });
  }

  outlier({ tracker, begin_ns, end_ns, fields }: OutlierSpan): void {
    const tid = this.#lanes.take(begin_ns, end_ns);
    this.#put({
      ph: 'X',
      pid: OUTLIERS,
      tid,
      ts: this.#us(begin_ns),
      dur: micro(end_ns - begin_ns),
      name: tracker,
      args: fields,
    });
  }

  instant(place: Place, time_ns: bigint, name: string, args: FieldObject): void {
    this.#put({ ph: 'i', s: 't', ...this.#placeOf(place), ts: this.#us(time_ns), name, args });
  }

  thread(tid: number, pid: number, name: string): void {
    this.#pids.set(tid, pid);
    this.#put({ ph: 'M', pid, tid, name: 'thread_name', args: { name } });
    if (tid === pid) this.#put({ ph: 'M', pid, name: 'process_name', args: { name } });
  }

  end(): void {
    for (const [cpu, { since }] of [...this.#running]) this.#endRun(cpu, since);
    this.#text += '\n]}\n';
    this.#sink(this.#text);
    this.#text = '';
  }

  #endRun(cpu: number, time_ns: bigint): void {
    const run = this.#running.get(cpu);
    if (run === undefined) return;
    this.#running.delete(cpu);
    this.#name(CPUS, cpu, `CPU ${cpu}`);
    const { comm, tid, prio } = run.task;
    const dur = micro(time_ns - run.since);
    this.#put({ ph: 'X', pid: CPUS, tid: cpu, ts: this.#us(run.since), dur, name: comm, args: { tid, prio } });
  }

  #placeOf({ cpu, tid }: Place): { pid: number; tid: number } {
    if (tid > 0) return { pid: this.#pids.get(tid) ?? tid, tid };
    this.#name(CPUS, cpu, `CPU ${cpu}`);
    return { pid: CPUS, tid: cpu };
  }

  #name(pid: number, tid: number, name: string): void {
    const key = `${pid} ${tid}`;
    if (this.#named.has(key)) return;
    this.#named.add(key);
    this.#put({ ph: 'M', pid, tid, name: 'thread_name', args: { name } });
  }

  #us(time_ns: bigint): number {
    return micro(time_ns - this.#begin_ns);
  }

  #put(event: object): void {
    this.#text +=
      this.#separator + JSON.stringify(event, (_key, item) => (typeof item === 'bigint' ? String(item) : item));
    this.#separator = ',\n';
    if (this.#text.length < CHUNK_CHARACTERS) return;
    this.#sink(this.#text);
    this.#text = '';
  }
}

/** Exact to the nanosecond below 2^53 / 1000 us: 104 days, as a double with three decimals. */
function micro(ns: bigint): number {
  return Number(ns) / 1000;
}
