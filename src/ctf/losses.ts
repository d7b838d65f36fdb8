/** Discarded events and packets between two packets of a stream (notes, section 13.6), and damage: all as notices. */
import type { Notice, StreamInfo } from '../trace/event.ts';
import { type PacketStart, type PacketTimes, packetTimes, packetTold } from './packet.ts';
import type { CtfPacket } from './reader.ts';

interface Clocked {
  readonly stream: StreamInfo;
  readonly cycles: bigint;
  nsAt(cycles: bigint): bigint;
}

interface Listeners {
  readonly onNotice: (notice: Notice) => void;
  readonly onPacket?: ((packet: CtfPacket) => void) | undefined;
  /** What is wanted; null: all. */
  readonly begin_ns: bigint | null;
  readonly end_ns: bigint | null;
  /** See `CursorOptions`. */
  readonly fromFirst?: boolean;
}

/** What the next packet is compared with. */
interface Before extends PacketTimes {
  readonly discarded: bigint | null;
  readonly sequence: bigint | null;
}

function beforeOf(start: PacketStart, clock: bigint): Before {
  const { begin_cycles, end_cycles } = packetTimes(start, clock);
  const { discarded, sequence } = start;
  // A tracer that died left 0 as the end: the begin is what is known.
  const died = begin_cycles !== null && end_cycles !== null && end_cycles < begin_cycles;
  return { begin_cycles, end_cycles: died ? begin_cycles : end_cycles, discarded, sequence };
}

export class LossCounter {
  readonly #cursor: Clocked;
  readonly #listeners: Listeners;
  /** The number that the first packet should have; null: any. Tracers count from 0. */
  readonly #first: bigint | null;
  #last: Before | null = null;

  constructor(cursor: Clocked, listeners: Listeners) {
    this.#cursor = cursor;
    this.#listeners = listeners;
    this.#first = listeners.fromFirst === true ? 0n : null;
  }

  /** A packet that is not read: what was lost before it is not told. */
  skip(start: PacketStart): void {
    this.#last = beforeOf(start, this.#cursor.cycles);
    this.#tellPacket(start, true);
  }

  /**
   * Compares with the packet before; the first packet's own counter says only that there may have been losses, and its
   * number how many packets are missing where the source should have given all.
   */
  packet(start: PacketStart, plan: { readonly streamClass: { readonly defaultClock: unknown } }): void {
    const last = this.#last;
    const now = beforeOf(start, this.#cursor.cycles);
    this.#last = now;
    this.#tellPacket(start, false);
    const timed = plan.streamClass.defaultClock !== null;
    const ns = (cycles: bigint | null | undefined): bigint | null =>
      !timed || cycles === null || cycles === undefined ? null : this.#cursor.nsAt(cycles);
    const expected = last === null ? this.#first : last.sequence === null ? null : last.sequence + 1n;
    if (start.sequence !== null && expected !== null) {
      const missing = start.sequence - expected;
      if (missing > 0n) this.#tell('discarded-packets', Number(missing), ns(last?.end_cycles), ns(now.begin_cycles));
    }
    if (start.discarded === null) return;
    const before = last?.discarded ?? null;
    if (before === null) {
      if (start.discarded > 0n) this.#tell('discarded-events', null, ns(now.begin_cycles), ns(now.end_cycles));
      return;
    }
    const count = BigInt.asUintN(start.discardedBits, start.discarded - before);
    if (count > 0n) this.#tell('discarded-events', Number(count), ns(last!.end_cycles), ns(now.end_cycles));
  }

  /** Of a range that is wanted in part it is not known how many of the losses are in that part (babeltrace2's trimmer). */
  #tell(
    kind: 'discarded-events' | 'discarded-packets',
    counted: number | null,
    from_ns: bigint | null,
    to_ns: bigint | null,
  ): void {
    const first = this.#listeners.begin_ns;
    const last = this.#listeners.end_ns;
    const early = first !== null && from_ns !== null && from_ns < first;
    const late = last !== null && to_ns !== null && to_ns > last;
    const begin_ns = early ? first : from_ns;
    const end_ns = late ? last : to_ns;
    // Nothing of the range is wanted. (Packets may overlap: a range that ends before it begins is told as it is.)
    if ((early || late) && begin_ns !== null && end_ns !== null && begin_ns > end_ns) return;
    const count = early || late ? null : counted;
    const { stream } = this.#cursor;
    const what = kind === 'discarded-events' ? 'event' : 'packet';
    const many = count === null ? `an unknown number of ${what}s` : `${count} ${what}${count === 1 ? '' : 's'}`;
    const message = `${many} lost in stream ${stream.name} of ${stream.trace}`;
    this.#listeners.onNotice({ kind, stream, count, begin_ns, end_ns, message });
  }

  #tellPacket(start: PacketStart, skipped: boolean): void {
    const { onPacket } = this.#listeners;
    const { stream, cycles } = this.#cursor;
    onPacket?.(packetTold(stream, start, cycles, skipped));
  }

  /** A packet that was never closed. */
  open(where: string, events: number): void {
    this.#plain('open-packet', `${where}: the packet was never closed; ${events} events of it are read`, events);
  }

  damage(message: string): void {
    this.#plain('damage', message);
  }

  #plain(kind: 'open-packet' | 'damage', message: string, count: number | null = null): void {
    this.#listeners.onNotice({ kind, stream: this.#cursor.stream, count, begin_ns: null, end_ns: null, message });
  }
}
