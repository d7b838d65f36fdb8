/** Interrupts, softirqs, and what the processor does when nothing runs. Handlers nest; the innermost is shown. */
import type { EventType } from '../../trace/event.ts';
import type { Model } from '../model.ts';
import { type Handler, type Part, partOf } from '../part.ts';
import { NONE } from '../table.ts';
import type { InterruptTable } from '../tables/devices.ts';
import type { Threads } from '../threads.ts';

/** linux/interrupt.h, the order of softirq_to_name. */
const SOFTIRQS = ['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'];
/** Numbers beyond are damage: the kernel allows some hundred thousand on the largest machines. */
const MAX_IRQ = 2 ** 20;
/** State of power_cpu_idle that means awake. */
const AWAKE = 0xffff_ffff;

/** Told of every handler that ended and whose beginning was seen. `raised` is NaN where it was not seen, or is none. */
export type InterruptListener = (row: number, cpu: number, raised: number, begin: number, end: number) => void;

export class Interrupts {
  readonly listeners: InterruptListener[] = [];
  readonly #table: InterruptTable;
  readonly #model: Model;
  readonly #hard = new Map<number, number>();
  readonly #soft: number[] = [];

  constructor(model: Model) {
    this.#model = model;
    this.#table = model.interrupts;
  }

  hard(nr: number, name: string): number {
    const known = this.#hard.get(nr);
    if (known !== undefined) {
      if (name !== '') this.#name(known, name);
      return known;
    }
    if (!(nr >= 0 && nr < MAX_IRQ)) return NONE;
    const row = this.#make(nr, 0, name);
    this.#hard.set(nr, row);
    return row;
  }

  soft(vector: number): number {
    if (!(vector >= 0 && vector < SOFTIRQS.length)) return NONE;
    this.#soft[vector] ??= this.#make(vector, 1, SOFTIRQS[vector]!);
    return this.#soft[vector]!;
  }

  /** Several handlers may share a number. */
  #name(row: number, name: string): void {
    const { texts } = this.#model;
    const names = texts.text(this.#table.name.data[row]!);
    if (names === name || names.split(', ').includes(name)) return;
    this.#table.name.set(row, texts.number(names === '' ? name : `${names}, ${name}`));
  }

  #make(nr: number, isSoft: number, name: string): number {
    const row = this.#table.create();
    if (row === NONE) return NONE;
    this.#table.nr.set(row, nr);
    this.#table.isSoft.set(row, isSoft);
    if (name !== '') this.#table.name.set(row, this.#model.texts.number(name));
    return row;
  }

  /** A handler has run on a CPU since `begin`. */
  ended(row: number, cpu: number, raised: number, begin: number): void {
    const table = this.#table;
    const end = this.#model.journal.now;
    table.cpu.set(row, NONE);
    if (!(begin <= end)) return;
    table.count.add(row, 1);
    table.total_ns.add(row, end - begin);
    if (end - begin > table.longest_ns.data[row]!) table.longest_ns.set(row, end - begin);
    for (const listener of this.listeners) listener(row, cpu, raised, begin, end);
  }
}

export function interruptPart(threads: Threads, interrupts: Interrupts): Part {
  return partOf('interrupts', {
    irq_handler_entry: (type) => hardEntry(threads, interrupts, type),
    irq_handler_exit: (type) => hardExit(threads, interrupts, type),
    ...softMakers(threads, interrupts, 'irq_softirq'),
    // As lttng-modules before 2.?, and ftrace, name them.
    ...softMakers(threads, interrupts, 'softirq'),
    power_cpu_idle: (type) => idleHandler(threads, type),
    power_cpu_frequency: (type) => {
      const state = type.numberField('state');
      const number = type.numberField('cpu_id');
      if (state === null) return null;
      return (event) => {
        const cpu = threads.cpu(number === null ? event.cpu : number(event));
        if (cpu !== NONE) threads.model.cpus.frequency_khz.set(cpu, state(event));
      };
    },
  });
}

function hardEntry(threads: Threads, interrupts: Interrupts, type: EventType): Handler | null {
  const irq = type.numberField('irq');
  const name = type.stringField('name');
  if (irq === null) return null;
  const { cpus, interrupts: table } = threads.model;
  // Names are read when a number is first seen, and now and then: shared lines have one event for each handler.
  const seen = new Map<number, number>();
  return (event) => {
    const cpu = threads.cpu(event.cpu);
    if (cpu === NONE) return;
    const nr = irq(event);
    const times = seen.get(nr) ?? 0;
    if (times < NAMED_TIMES) seen.set(nr, times + 1);
    const row = interrupts.hard(nr, times < NAMED_TIMES && name !== null ? name(event) : '');
    if (row === NONE) return;
    cpus.irq.set(cpu, nr);
    table.cpu.set(row, event.cpu);
  };
}

/** First events of a number whose handler's name is read. */
const NAMED_TIMES = 16;

function hardExit(threads: Threads, interrupts: Interrupts, type: EventType): Handler | null {
  const irq = type.numberField('irq');
  if (irq === null) return null;
  const { cpus } = threads.model;
  return (event) => {
    const cpu = threads.cpu(event.cpu);
    if (cpu === NONE) return;
    const nr = irq(event);
    // The beginning was not seen, or it is another's.
    if (cpus.irq.data[cpu] !== nr) return;
    const begin = cpus.irq.stamps[cpu]!;
    cpus.irq.set(cpu, NONE);
    cpus.irq_ns.add(cpu, threads.model.journal.now - begin);
    const row = interrupts.hard(nr, '');
    if (row !== NONE) interrupts.ended(row, event.cpu, Number.NaN, begin);
  };
}

/** softirq_raise, _entry, _exit. A raise while one is pending changes nothing; the first counts. */
function softMakers(
  threads: Threads,
  interrupts: Interrupts,
  prefix: string,
): Record<string, (type: EventType) => Handler | null> {
  const { cpus, journal, interrupts: table } = threads.model;
  // By CPU row and vector.
  const raised: number[] = [];
  const entered: number[] = [];
  const place = (cpu: number, vector: number): number => cpu * SOFTIRQS.length + vector;
  const make = (
    handle: (cpu: number, number: number, vector: number, row: number) => void,
  ): ((type: EventType) => Handler | null) => {
    return (type) => {
      const vec = type.numberField('vec');
      if (vec === null) return null;
      return (event) => {
        const cpu = threads.cpu(event.cpu);
        const vector = vec(event);
        const row = interrupts.soft(vector);
        if (cpu !== NONE && row !== NONE) handle(cpu, event.cpu, vector, row);
      };
    };
  };
  return {
    [`${prefix}_raise`]: make((cpu, _number, vector) => {
      const at = place(cpu, vector);
      if (!(raised[at]! <= journal.now)) raised[at] = journal.now;
    }),
    [`${prefix}_entry`]: make((cpu, number, vector, row) => {
      cpus.softirq.set(cpu, vector);
      table.cpu.set(row, number);
      const at = place(cpu, vector);
      entered[at] = raised[at] ?? Number.NaN;
      raised[at] = Number.NaN;
    }),
    [`${prefix}_exit`]: make((cpu, number, vector, row) => {
      if (cpus.softirq.data[cpu] !== vector) return;
      const begin = cpus.softirq.stamps[cpu]!;
      cpus.softirq.set(cpu, NONE);
      cpus.softirq_ns.add(cpu, journal.now - begin);
      interrupts.ended(row, number, entered[place(cpu, vector)] ?? Number.NaN, begin);
    }),
  };
}

function idleHandler(threads: Threads, type: EventType): Handler | null {
  const state = type.numberField('state');
  const number = type.numberField('cpu_id');
  if (state === null) return null;
  return (event) => {
    const cpu = threads.cpu(number === null ? event.cpu : number(event));
    if (cpu === NONE) return;
    const now = state(event);
    threads.model.cpus.idleState.set(cpu, now >= AWAKE || now < 0 ? NONE : now);
  };
}
