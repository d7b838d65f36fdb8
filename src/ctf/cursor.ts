/**
 * One stream: its files, their packets, their events. `advance` brings the next selected event into view; what is between
 * is skipped by its size. All damage ends here as a notice with file, packet and bit offset.
 */
import { TailtrapError } from '../base/errors.ts';
import type { StreamInfo } from '../trace/event.ts';
import { CursorEvent, TimeFell } from './cursor-event.ts';
import type { CursorOptions, Drain } from './cursor-options.ts';
import { DataFault } from './decode/bits.ts';
import { FileWindow, STEP_BYTES, WINDOW_BYTES } from './file-window.ts';
import { LossCounter } from './losses.ts';
import type { TraceClass } from './model.ts';
import { type PacketStart, sizesOf } from './packet.ts';
import { HeaderChanged } from './plan.ts';
import { salvage } from './salvage.ts';
import type { DrainTurns } from './turns.ts';

/** Events of up to this size never run over the end of a window. */
const MARGIN_BYTES = 16 * 1024;

export class StreamCursor extends CursorEvent {
  readonly stream: StreamInfo;
  /** Place in babeltrace2's order of simultaneous events; set by the reader. */
  rank = 0;
  /** The first, thrown by the reader when everything else was read. */
  damage: TailtrapError | null = null;
  readonly #options: CursorOptions;
  #window: FileWindow | null = null;
  #fileName = '?';
  #closed = false;
  /** The packet in its file, and the number of packets before it in this file. */
  // (-0 is a double: V8 then keeps these fields as doubles from the beginning, and code that saw them stays valid.)
  #packetAt = -0;
  #packetBytes = -0;
  #packetIndex = -1;
  #from = -0;
  /** The packet's content, and where the window begins in the packet. */
  #contentBits = -0;
  #contentBytes = -0;
  #windowAt = -0;
  /** Why the content ends earlier than the packet says; told when the events before were read. */
  #truncated = '';
  readonly #losses: LossCounter;
  readonly beginTime: number = Number.NEGATIVE_INFINITY;
  readonly stopTime: number = Number.POSITIVE_INFINITY;
  constructor(options: CursorOptions) {
    super(options.origin_ns);
    this.#options = options;
    this.stream = options.info;
    if (options.begin_ns !== null) this.beginTime = Number(options.begin_ns - options.origin_ns);
    if (options.end_ns !== null) this.stopTime = Number(options.end_ns - options.origin_ns);
    this.#losses = new LossCounter(this, options);
  }

  get trace(): TraceClass {
    return this.#options.owner.trace;
  }

  close(): void {
    this.#window = this.#window?.close() ?? null;
    this.#closed = true;
    this.content = 0;
    this.soft = 0;
    this.end = 0;
  }

  /** Time of the last event of the last packet that was passed over, wanted or not; null when it had none. */
  passedTime(): number | null {
    if (this.packet === undefined || this.#contentBits <= this.packet.headerBits) return null;
    return this.timeOfClock();
  }

  /** Brings the next selected event into view. @returns false at the end of the stream */
  advance(): boolean {
    if (this.end < this.soft && this.plan.header.next(this) && this.time <= this.stopTime) return true;
    return this.#advanceOn();
  }

  #advanceOn(): boolean {
    for (;;) {
      // Times in a stream never fall, so nothing after the last wanted time is wanted.
      if (this.time > this.stopTime) this.close();
      if (this.fault !== null) this.#recover();
      try {
        if (this.end >= this.content) {
          if (this.#truncated !== '') this.#damaged(this.#truncated, this.content);
          if (!this.#nextPacket()) return false;
        } else if (this.end >= this.soft) this.#grow();
        else if (!this.plan.header.next(this)) this.#meet();
        else if (this.time <= this.stopTime) return true;
      } catch (error) {
        this.fault = error;
      }
    }
  }

  /** Puts the event in view back, so that `drainTo` or `advance` gives it again. */
  unread(): void {
    this.end = this.startAt;
    this.clock = this.startClock;
    this.clockLow = this.startLow;
  }

  /**
   * Gives the next event, and those after it that are before a time, to the runs of their classes. With `turns` it may
   * go on with other streams. Then, of the stream whose turn it is, `time` is that of the event that comes next, and
   * `drained` how many were given.
   *
   * @returns false at the end of that stream
   */
  drainTo<S>(limit: number, runs: Drain<S>, state: S, turns: DrainTurns | null = null): boolean {
    this.drained = 0;
    this.limit = Math.min(limit, this.stopTime + 1);
    if (turns !== null) turns.current = this; // if there is nothing to drain
    const stopped =
      this.end < this.soft &&
      this.plan.header.drain(this, runs.of(this.plan) as never, runs.each as never, state, turns);
    return (turns?.current ?? this).#afterDraining(stopped, runs);
  }

  #afterDraining<S>(stopped: boolean, runs: Drain<S>): boolean {
    if (this.foreign) this.#recover();
    if (stopped && this.time <= this.stopTime) return true;
    if (!this.#advanceOn()) return false;
    const { fault } = this.#makeRun(runs);
    this.unread();
    if (fault === null) return true;
    this.fault = fault;
    if (!this.#advanceOn()) return false;
    this.unread();
    return true;
  }

  /** For the class of the event in view. */
  #makeRun<S>(runs: Drain<S>): { readonly fault: unknown } {
    try {
      if (runs.of(this.plan)[this.slot] === undefined) runs.runOf(this.type);
      return { fault: null };
    } catch (fault) {
      return { fault };
    }
  }

  /** The loop has come to the first event of a class, or to one that takes no space. */
  #meet(): void {
    if (this.fault === null && this.end < this.soft) this.measure(this.slot, this.body, this.end, this.id);
  }

  slotOf(id: number): number {
    return this.plan.slotOf(id);
  }

  measure(slot: number, body: number, start: number, id: number): number {
    const { plan } = this;
    const type = plan.type(slot, id);
    const code = type.code ?? plan.compile(slot, type);
    const end = code.fixed_bits >= 0 ? body + code.fixed_bits : code.scan(this, body);
    if (end === start) throw new DataFault('events of this class take no space at all');
    if (code.fixed_bits >= 0 && this.wanted[slot] === 0) this.steps[slot] = code.fixed_bits;
    return end;
  }

  /** After a fault: moves the window and reads the event again, or gives up the packet. */
  #recover(): void {
    const { fault } = this;
    this.fault = null;
    if (this.foreign) {
      this.foreign = false;
      throw fault;
    }
    if (fault instanceof HeaderChanged) return;
    this.fallen ||= fault instanceof TimeFell;
    if (fault instanceof TimeFell) {
      this.#damaged(fault.message, this.end);
      return;
    }
    if (fault instanceof RangeError && this.content > this.windowBits && this.#grow()) return;
    if (!(fault instanceof RangeError) && !(fault instanceof DataFault)) throw fault;
    const short = fault instanceof RangeError && this.#truncated !== '';
    const message = fault instanceof DataFault ? fault.message : 'an event ends after its packet';
    this.#damaged(short ? this.#truncated : message, this.end);
    this.end = this.content;
  }

  /** Shows the window further on, from the event that is being read; larger when it begins there already. */
  #grow(): boolean {
    const step = Math.floor(this.end / 8 / STEP_BYTES) * STEP_BYTES;
    const length = step > 0 ? this.bytes.length : this.bytes.length * 2;
    try {
      this.#show(this.#windowAt + step, Math.max(length, 4 * MARGIN_BYTES));
    } catch (error) {
      this.#damaged((error as Error).message, this.end);
      this.end = this.content;
      return true;
    }
    this.end -= step * 8;
    return true;
  }

  /** Puts bytes of the packet's content into the window. */
  #show(from: number, wanted: number): void {
    const bytes = this.#window!.bytes(this.#packetAt + from, Math.min(wanted, this.#contentBytes - from), true);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.windowBits = bytes.length * 8;
    // A small integer always; what lies beyond the window only has to be beyond it.
    this.content = Math.min(this.#contentBits - from * 8, 2 ** 30) | 0;
    this.room = this.content < this.windowBits ? this.content : this.windowBits;
    this.#windowAt = from;
    this.soft = this.content <= this.windowBits ? this.content : this.windowBits - MARGIN_BYTES * 8;
    if (bytes.length < Math.min(wanted, this.#contentBytes - from)) throw new DataFault('the file has become shorter');
  }

  #nextPacket(): boolean {
    if (this.#options.isPaused?.() === true) return false;
    for (;;) {
      const at = this.#packetAt + this.#packetBytes;
      if (this.#window === null || at >= this.#window.size_bytes) {
        if (!this.#nextFile()) return false;
        continue;
      }
      this.#packetAt = at;
      this.#packetIndex++;
      // Whatever goes wrong before the size is known: nothing after it can be found in this file.
      this.#packetBytes = this.#window.size_bytes - at;
      this.#truncated = '';
      this.content = 0;
      this.soft = 0;
      this.#contentBytes = 0;
      this.#windowAt = 0;
      this.end = 0;
      const start = this.#window.packetStart(this.trace, at, this.beginTime === Number.NEGATIVE_INFINITY);
      if (this.#openPacket(start)) return true;
    }
  }

  #nextFile(): boolean {
    const file = this.#closed ? null : this.#options.nextFile();
    if (file === null) {
      if (this.#options.growing !== true) this.close();
      return false;
    }
    this.#fileName = file.name;
    const source = file.open();
    if (this.#window === null) this.#window = new FileWindow(source);
    else this.#window.replace(source);
    this.#packetAt = 0;
    this.#packetBytes = 0;
    this.#from = file.from_bytes ?? 0;
    this.#packetIndex = (file.packets_before ?? 0) - 1;
    return true;
  }

  /** @returns false when the packet has nothing to read */
  #openPacket(start: PacketStart): boolean {
    const left = this.#packetBytes;
    const planned = this.packet === undefined ? null : this.plan;
    this.plan = this.#options.planOf(start);
    this.packet = start;
    const found = start.open ? salvage(this.trace, this.plan, start, this.#window!, this.#packetAt) : null;
    if (found !== null) this.#losses.open(this.#where(0), found.events);
    const { content, total } = found ?? sizesOf(start, left);
    this.#packetBytes = Math.min(left, total / 8);
    if (total / 8 > left) this.#truncated = `the file ends ${total / 8 - left} bytes before the packet does`;
    if (planned !== this.plan) {
      const { wanted, steps } = this.#options.selectionOf(this.plan);
      this.wanted = wanted;
      this.steps = steps;
    }
    this.sizes = this.plan.sizes;
    this.scans = this.plan.scans;
    if (!this.beginClock(start)) this.#damaged('the packet begins before the last event before it', 0);
    if (this.isBefore(start)) {
      this.#losses.skip(start);
      return false;
    }
    this.#losses.packet(start, this.plan);
    this.values.clear();
    for (const [type, value] of start.values) this.values.set(type, value);
    this.#contentBits = Math.min(content, left * 8);
    this.#contentBytes = Math.ceil(this.#contentBits / 8);
    this.#show(0, Math.min(this.#contentBytes, WINDOW_BYTES));
    this.end = start.headerBits;
    if (this.end > this.content) throw new DataFault('the content of a packet ends within its header');
    return true;
  }

  #where(bit: number): string {
    const inPacket = this.#windowAt * 8 + bit;
    return `${this.stream.trace}/${this.#fileName}, packet ${this.#packetIndex} at byte ${this.#from + this.#packetAt}, bit ${inPacket}`;
  }

  #damaged(message: string, bit: number): void {
    const where = this.#where(bit);
    this.#truncated = '';
    this.damage ??= new TailtrapError('TT_CTF_DAMAGED', message, { where, next: 'what came before it was read' });
    this.#losses.damage(`${where}: ${message}`);
  }
}
