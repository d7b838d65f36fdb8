/** Interrupt handlers and softirqs, paired entry with exit by CPU, softirqs with what raised them. */
import type { EventType } from '../../trace/event.ts';
import { cpuOf, type Handler, type Listener, NONE, numberOr, stringOr } from '../listener.ts';

/** Softirqs of the kernel are ten; their numbers fit in five bits. */
const VECTORS = 32;

/** include/linux/interrupt.h; the fifth was called BLOCK_IOPOLL until 4.5. */
const SOFTIRQ_NAMES = [
  'HI_SOFTIRQ',
  'TIMER_SOFTIRQ',
  'NET_TX_SOFTIRQ',
  'NET_RX_SOFTIRQ',
  'BLOCK_SOFTIRQ',
  'BLOCK_IOPOLL_SOFTIRQ',
  'TASKLET_SOFTIRQ',
  'SCHED_SOFTIRQ',
  'HRTIMER_SOFTIRQ',
  'RCU_SOFTIRQ',
];

export function softirqName(vector: number): string {
  return SOFTIRQ_NAMES[vector] ?? `SOFTIRQ ${vector}`;
}

/** What ended; the object is reused. */
export interface Interrupt {
  hard: boolean;
  nr: number;
  /** Of the handler. */
  name: string;
  cpu: number;
  begin: number;
  end: number;
  /** When a softirq was raised; NaN when that was not seen. */
  raised: number;
}

interface HardIrq {
  nr: number;
  name: string;
  begin: number;
}

export class Interrupts implements Listener {
  readonly events: readonly string[] = [
    'irq_handler_entry',
    'irq_handler_exit',
    'softirq_raise',
    'softirq_entry',
    'softirq_exit',
    'irq_softirq_raise',
    'irq_softirq_entry',
    'irq_softirq_exit',
  ];
  /** The last one that ended; `null` when the event that was handled last ended none. */
  ended: Interrupt | null = null;
  readonly #ended: Interrupt = { hard: false, nr: 0, name: '', cpu: 0, begin: 0, end: 0, raised: 0 };
  readonly #hard: HardIrq[] = [];
  /** Of softirqs by CPU and vector: raised and waiting, running since, raised for this run, raised again meanwhile. */
  readonly #begin: number[] = [];
  readonly #raised: number[] = [];
  readonly #again: number[] = [];

  handler(type: EventType): Handler | null {
    switch (type.name.replace(/^irq_softirq/, 'softirq')) {
      case 'irq_handler_entry':
        return this.#hardEntry(type);
      case 'irq_handler_exit':
        return this.#hardExit(type);
      case 'softirq_raise':
        return this.#soft(type, (at, time) => this.#raise(at, time));
      case 'softirq_entry':
        return this.#soft(type, (at, time) => {
          this.#begin[at] = time;
        });
      case 'softirq_exit':
        return this.#soft(type, (at, time, cpu) => this.#softExit(at, time, cpu));
      default:
        return null;
    }
  }

  #hardEntry(type: EventType): Handler {
    const cpu = cpuOf(type);
    const irq = numberOr(type, 'irq');
    const name = stringOr(type, 'name', 'unknown');
    return (event) => {
      this.ended = null;
      const at = cpu(event);
      let hard = this.#hard[at];
      if (hard === undefined) {
        hard = { nr: NONE, name: '', begin: 0 };
        this.#hard[at] = hard;
      }
      hard.nr = irq(event);
      hard.name = name(event);
      hard.begin = event.time;
    };
  }

  #hardExit(type: EventType): Handler {
    const cpu = cpuOf(type);
    const irq = numberOr(type, 'irq');
    return (event) => {
      const at = cpu(event);
      const hard = this.#hard[at];
      this.ended = null;
      if (hard === undefined) return;
      if (hard.nr !== NONE && hard.nr === irq(event)) {
        const ended = this.#ended;
        ended.hard = true;
        ended.nr = hard.nr;
        ended.name = hard.name;
        ended.cpu = at;
        ended.begin = hard.begin;
        ended.end = event.time;
        ended.raised = Number.NaN;
        this.ended = ended;
      }
      hard.nr = NONE;
    };
  }

  #soft(type: EventType, act: (at: number, time: number, cpu: number) => void): Handler {
    const cpuField = cpuOf(type);
    const vector = numberOr(type, 'vec');
    return (event) => {
      this.ended = null;
      const cpu = cpuField(event);
      const nr = vector(event);
      if (nr < 0 || nr >= VECTORS) return;
      const at = cpu * VECTORS + nr;
      if (this.#begin[at] === undefined) {
        this.#begin[at] = Number.NaN;
        this.#raised[at] = Number.NaN;
        this.#again[at] = Number.NaN;
      }
      act(at, event.time, cpu);
    };
  }

  /** A softirq that is pending does not become more so; one that runs will run again. */
  #raise(at: number, time: number): void {
    const list = Number.isNaN(this.#begin[at]) ? this.#raised : this.#again;
    if (Number.isNaN(list[at])) list[at] = time;
  }

  #softExit(at: number, time: number, cpu: number): void {
    const begin = this.#begin[at]!;
    if (!Number.isNaN(begin)) {
      const ended = this.#ended;
      ended.hard = false;
      ended.nr = at % VECTORS;
      ended.name = softirqName(ended.nr);
      ended.cpu = cpu;
      ended.begin = begin;
      ended.end = time;
      ended.raised = this.#raised[at]!;
      this.ended = ended;
    }
    this.#begin[at] = Number.NaN;
    this.#raised[at] = this.#again[at]!;
    this.#again[at] = Number.NaN;
  }
}
