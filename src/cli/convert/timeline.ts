/**
 * What events mean on a picture with tracks: which thread runs on a CPU, what an interrupt or a system call spans, where
 * an outlier was. Formats (perfetto.ts, chrome.ts) draw what this tells them; events that mean none of it are instants.
 */
import type { CtfEvent } from '../../ctf/reader.ts';
import type { EventType, FieldObject, TraceEvent } from '../../trace/event.ts';

export interface Task {
  readonly comm: string;
  readonly tid: number;
  readonly prio: number;
}

/** Where something happens: a thread where it is known, else its CPU. */
export interface Place {
  readonly cpu: number;
  /** -1: not known. */
  readonly tid: number;
}

export interface OutlierSpan {
  readonly tracker: string;
  readonly begin_ns: bigint;
  readonly end_ns: bigint;
  readonly fields: FieldObject;
}

/** A format that draws. Times are nanoseconds since the epoch. */
export interface Drawing {
  /** The CPU leaves one thread for another. */
  switch(cpu: number, time_ns: bigint, prev: Task & { readonly state: number }, next: Task): void;
  wakeup(name: WakeupName, cpu: number, time_ns: bigint, task: Woken): void;
  /** @param by the thread that is interrupted, -1 when not known */
  irq(cpu: number, time_ns: bigint, by: number, irq: Interrupt): void;
  syscallBegin(place: Place, time_ns: bigint, name: string, fields: FieldObject): void;
  syscallEnd(place: Place, time_ns: bigint, name: string, fields: FieldObject): void;
  outlier(outlier: OutlierSpan): void;
  instant(place: Place, time_ns: bigint, name: string, fields: FieldObject): void;
  thread(tid: number, pid: number, name: string): void;
  end(): void;
}

export type WakeupName = 'sched_waking' | 'sched_wakeup' | 'sched_wakeup_new';
export interface Woken extends Task {
  readonly target: number;
  /** The thread that runs where it was woken from; -1 when not known. */
  readonly by: number;
}
export interface Interrupt {
  readonly kind: 'irq' | 'softirq';
  readonly phase: 'begin' | 'end';
  readonly number: number;
  readonly name: string;
}

/** Names of softirq vectors, as in /proc/softirqs. */
const SOFTIRQS: readonly string[] = 'HI TIMER NET_TX NET_RX BLOCK IRQ_POLL TASKLET SCHED HRTIMER RCU'.split(' ');

type Handler = (event: CtfEvent) => void;

export class Timeline {
  readonly #drawing: Drawing;
  readonly #handlers = new Map<EventType, Handler>();
  /** Thread that runs on a CPU, by CPU. */
  readonly #running = new Map<number, number>();
  readonly #known = new Set<string>();
  #fields: () => FieldObject = () => ({});
  /** Threads that are in a system call, as far as the trace says: a thread is in one at a time. */
  readonly #inSyscall = new Map<number, string>();

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
  }

  /** @param fields of the event, when they are asked for */
  add(event: CtfEvent, fields: () => FieldObject): void {
    this.#fields = fields;
    let handler = this.#handlers.get(event.type);
    if (handler === undefined) {
      handler = this.#handlerOf(event.type);
      this.#handlers.set(event.type, handler);
    }
    handler(event);
  }

  #handlerOf(type: EventType): Handler {
    const { name } = type;
    if (name === 'sched_switch') return this.#switch(type) ?? this.#other();
    if (name === 'sched_waking' || name === 'sched_wakeup' || name === 'sched_wakeup_new') {
      return this.#wakeup(type, name) ?? this.#other();
    }
    if (/^irq_handler_(entry|exit)$/.test(name)) return this.#irq(type, 'irq');
    if (/^(irq_)?softirq_(entry|exit)$/.test(name)) return this.#irq(type, 'softirq');
    if (/^(compat_)?syscall_entry_/.test(name)) return this.#syscall(type, true);
    if (/^(compat_)?syscall_exit_/.test(name)) return this.#syscall(type, false);
    if (name === 'lttng_statedump_process_state') return this.#process(type) ?? this.#other();
    if (name === 'sched_process_fork') return this.#fork(type) ?? this.#other();
    if (name === 'tailtrap_outlier') return (event) => this.#outlier(event);
    return this.#other();
  }

  #switch(type: EventType): Handler | null {
    const prev = taskReader(type, 'prev_comm', 'prev_tid', 'prev_prio');
    const next = taskReader(type, 'next_comm', 'next_tid', 'next_prio');
    if (prev === null || next === null) return null;
    const state = type.numberField('prev_state') ?? (() => 0);
    return (event) => {
      const coming = next(event);
      this.#running.set(event.cpu, coming.tid);
      this.#drawing.switch(event.cpu, event.time_ns, { ...prev(event), state: state(event) }, coming);
    };
  }

  #wakeup(type: EventType, name: WakeupName): Handler | null {
    const task = taskReader(type, 'comm', 'tid', 'prio');
    if (task === null) return null;
    const target = type.numberField('target_cpu') ?? ((event: TraceEvent) => event.cpu);
    return (event) => {
      const by = this.#running.get(event.cpu) ?? -1;
      this.#drawing.wakeup(name, event.cpu, event.time_ns, { ...task(event), target: target(event), by });
    };
  }

  #irq(type: EventType, kind: Interrupt['kind']): Handler {
    const number = type.numberField(kind === 'irq' ? 'irq' : 'vec') ?? (() => 0);
    const text = type.stringField('name');
    const phase = type.name.endsWith('_entry') ? 'begin' : 'end';
    return (event) => {
      const n = number(event);
      const name = kind === 'softirq' ? (SOFTIRQS[n] ?? `softirq ${n}`) : (text?.(event) ?? `irq ${n}`);
      const by = this.#running.get(event.cpu) ?? -1;
      this.#drawing.irq(event.cpu, event.time_ns, by, { kind, phase, number: n, name });
    };
  }

  #syscall(type: EventType, begin: boolean): Handler {
    const name = type.name.replace(/^(compat_)?syscall_(entry|exit)_/, '');
    const placeOf = this.#placeReader();
    const instant = this.#other();
    return (event) => {
      const place = placeOf(event);
      const open = this.#inSyscall.get(place.tid);
      // Without thread, or without entry (before the trace began), there is nothing that it could be the end of.
      if (place.tid <= 0 || (!begin && open === undefined)) instant(event);
      else if (begin) this.#enter(place, event, name, open);
      else {
        this.#inSyscall.delete(place.tid);
        this.#drawing.syscallEnd(place, event.time_ns, name, this.#fields());
      }
    };
  }

  /** @param open system call that never ended: its thread did, or its end was lost */
  #enter(place: Place, event: CtfEvent, name: string, open: string | undefined): void {
    if (open !== undefined) this.#drawing.syscallEnd(place, event.time_ns, open, {});
    if (open !== undefined || this.#inSyscall.size < MAX_THREADS) this.#inSyscall.set(place.tid, name);
    this.#drawing.syscallBegin(place, event.time_ns, name, this.#fields());
  }

  #process(type: EventType): Handler | null {
    const tid = type.numberField('tid');
    const pid = type.numberField('pid');
    const name = type.stringField('name');
    if (tid === null || pid === null || name === null) return null;
    return (event) => this.#thread(tid(event), pid(event), name(event));
  }

  #fork(type: EventType): Handler | null {
    const tid = type.numberField('child_tid');
    const pid = type.numberField('child_pid');
    const name = type.stringField('child_comm');
    if (tid === null || pid === null || name === null) return null;
    const other = this.#other();
    return (event) => {
      this.#thread(tid(event), pid(event), name(event));
      other(event);
    };
  }

  #thread(tid: number, pid: number, name: string): void {
    const key = `${tid} ${pid} ${name}`;
    if (this.#known.has(key) || this.#known.size >= MAX_THREADS) return;
    this.#known.add(key);
    this.#drawing.thread(tid, pid, name);
  }

  #outlier(event: CtfEvent): void {
    const begin_ns = event.bigint('begin_ns');
    const end_ns = event.bigint('end_ns');
    this.#drawing.outlier({ tracker: event.string('tracker'), begin_ns, end_ns, fields: this.#fields() });
  }

  #other(): Handler {
    const placeOf = this.#placeReader();
    return (event) => this.#drawing.instant(placeOf(event), event.time_ns, event.name, this.#fields());
  }

  /** The thread is in the event's context, or it is the one that runs. */
  #placeReader(): (event: CtfEvent) => Place {
    let reader: ((event: CtfEvent) => Place) | null = null;
    return (event) => {
      reader ??= this.#contextReader(event) ?? ((e) => ({ cpu: e.cpu, tid: this.#running.get(e.cpu) ?? -1 }));
      return reader(event);
    };
  }

  /** @returns null when no context of the event's class says the thread */
  #contextReader({ type, recordClass }: CtfEvent): ((event: CtfEvent) => Place) | null {
    const { commonContext } = recordClass.streamClass;
    // The payload's own field of the name is another thread: it hides the context's.
    const has = (name: string): boolean =>
      commonContext?.members.some((member) => member.name === name) === true && !type.fieldNames.includes(name);
    const tidOf = has('tid') ? type.numberField('tid') : has('vtid') ? type.numberField('vtid') : null;
    const pidOf = has('pid') ? type.numberField('pid') : has('vpid') ? type.numberField('vpid') : null;
    const nameOf = has('procname') ? type.stringField('procname') : null;
    if (tidOf === null) return null;
    return (event) => {
      const tid = tidOf(event);
      if (tid > 0 && pidOf !== null) this.#thread(tid, pidOf(event), nameOf?.(event) ?? '');
      return { cpu: event.cpu, tid };
    };
  }
}

/** Threads that are told to the drawing: more than a machine's pid_max of 32768, less than memory. */
const MAX_THREADS = 262_144;

function taskReader(type: EventType, comm: string, tid: string, prio: string): ((event: TraceEvent) => Task) | null {
  const text = type.stringField(comm);
  const thread = type.numberField(tid);
  if (text === null || thread === null) return null;
  const priority = type.numberField(prio) ?? (() => 0);
  return (event) => ({ comm: text(event), tid: thread(event), prio: priority(event) });
}
