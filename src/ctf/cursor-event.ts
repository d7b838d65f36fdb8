/** The event view: the state of a stream's cursor, and how fields are read from it. */
import type { FieldObject, FieldPlace, FieldValue, StreamInfo } from '../trace/event.ts';
import { clockBase_ns, nsOfCycles } from './clock.ts';
import { DataFault } from './decode/bits.ts';
import { interpretBody, MAX_MARKS, type Scan } from './decode/compile.ts';
import type { HeaderWindow } from './decode/header.ts';
import { ValueVisitor } from './decode/values.ts';
import type { CtfEventType } from './event-type.ts';
import type { EventRecordClass, FieldReference, IntegerClass, TraceClass } from './model.ts';
import type { PacketStart } from './packet.ts';
import type { StreamPlan } from './plan.ts';
import type { CtfEvent } from './reader.ts';

const NO_BYTES = new Uint8Array(0);

/** Damage that is told and passed over: the event is there, and in its place. */
export class TimeFell extends DataFault {}

export abstract class CursorEvent implements CtfEvent, HeaderWindow {
  view: DataView = new DataView(NO_BYTES.buffer);
  bytes: Uint8Array = NO_BYTES;
  windowBits = 0;
  readonly marks: Int32Array = new Int32Array(MAX_MARKS);
  readonly values: Map<IntegerClass, bigint> = new Map();
  id = 0;
  // Fractions at first: V8 then keeps these fields as doubles from the beginning.
  clock = 0.5;
  clockLow = 0;
  time = 0.5;
  timeBase = 0.5;
  /** Where the body of the current event begins and ends, in bits of the window. */
  body = 0;
  end = 0;
  slot = 0;
  limit = 0.5;
  startAt = 0;
  startClock = 0.5;
  startLow = 0;
  drained = 0;
  foreign = false;
  wanted: Uint8Array = new Uint8Array(0);
  plan!: StreamPlan;
  packet!: PacketStart;
  content = 0;
  room = 0;
  soft = 0;
  fault: unknown = NO_BYTES;
  steps: Int32Array = new Int32Array(0);
  sizes: Int32Array = new Int32Array(0);
  scans: readonly (Scan | undefined)[] = [];
  abstract readonly beginTime: number;
  abstract readonly stopTime: number;
  abstract readonly stream: StreamInfo;
  abstract readonly trace: TraceClass;
  readonly origin_ns: bigint;
  /** Absolute clock that `clock` counts from. */
  protected baseCycles = 0n;
  #packetEnd: bigint | null = null;
  /** Time fell in this packet, which was told. */
  protected fallen = false;
  /** The last event before this packet, as cycles of this packet. */
  #floor = -0;
  #baseHigh = -0;
  #baseLow = -0;

  constructor(origin_ns: bigint) {
    this.origin_ns = origin_ns;
    this.clock = 0;
    this.time = Number.NEGATIVE_INFINITY;
    this.fault = null;
  }

  abstract slotOf(id: number): number;
  abstract measure(slot: number, body: number, start: number, id: number): number;

  get type(): CtfEventType {
    return this.plan.types[this.slot]!;
  }

  get name(): string {
    return this.type.name;
  }

  get cpu(): number {
    return this.packet.cpu;
  }

  get recordClass(): EventRecordClass {
    return this.type.recordClass;
  }

  get packetContext(): FieldObject {
    return this.packet.context;
  }

  get cycles(): bigint {
    return this.baseCycles + BigInt(this.clock);
  }

  get time_ns(): bigint {
    return this.nsAt(this.cycles);
  }

  /** Nanoseconds since the epoch at an absolute clock value; 0 without clock. */
  nsAt(cycles: bigint): bigint {
    const clock = this.plan.streamClass.defaultClock;
    return clock === null ? 0n : clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, cycles);
  }

  number(field: string): number {
    return this.type.numberField(field)?.(this) ?? Number.NaN;
  }

  bigint(field: string): bigint {
    return this.type.bigintField(field)?.(this) ?? 0n;
  }

  string(field: string): string {
    return this.type.stringField(field)?.(this) ?? '';
  }

  value(field: string, from?: FieldPlace): FieldValue | undefined {
    if (from === 'packet-context') return this.packet.context[field];
    const { scopes } = this.#decode();
    if (from !== undefined) return scopes[from]?.[field];
    const { payload, 'specific-context': specific, 'common-context': common } = scopes;
    for (const scope of [payload, specific, common, this.packet.context]) {
      if (scope !== undefined && field in scope) return scope[field];
    }
    return undefined;
  }

  toObject(): FieldObject {
    return this.#decode().scopes.payload ?? {};
  }

  #decode(): ValueVisitor {
    const visitor = new ValueVisitor();
    interpretBody(this.plan.trees(this.type.recordClass), this, this.body, visitor);
    return visitor;
  }

  /** Clock updates that the generated header leaves to us: more than 32 bits, or interpretation. */
  setClock(low: number, high: number, bits: number): void {
    if (bits === 64) {
      // Exact where the result is: a difference beyond 2^53 is unsafe in double arithmetic too, and is then rebased.
      const elapsed = ((high >>> 0) - this.#baseHigh) * 2 ** 32 + ((low >>> 0) - this.#baseLow);
      if (Number.isSafeInteger(elapsed)) {
        if (elapsed < this.clock || this.clock === 0) this.#checkTime(elapsed);
        this.clock = elapsed;
        this.clockLow = low | 0;
        return;
      }
    }
    const mask = (1n << BigInt(bits)) - 1n;
    const value = ((BigInt(high) << 32n) + BigInt(low >>> 0)) & mask;
    const now = this.baseCycles + BigInt(this.clock);
    const next = bits === 64 ? value : now + ((value - now) & mask);
    let elapsed = Number(next - this.baseCycles);
    if (bits === 64 && (elapsed < this.clock || this.clock === 0)) this.#checkTime(elapsed);
    if (!Number.isSafeInteger(elapsed)) {
      this.rebase(next);
      this.#floor = 0;
      elapsed = 0;
    }
    this.clock = elapsed;
    this.clockLow = Number(BigInt.asIntN(32, next));
  }

  /** An event may be before its packet's begin (barectf up to 2.3 wrote such), but not before the event before it. */
  #checkTime(elapsed: number): void {
    const least = this.clock === 0 ? this.#floor : this.clock;
    if (elapsed < least && !this.fallen) throw new TimeFell('the time is before that of the event before it');
  }

  /** Makes a clock value the one that `clock` counts from. */
  protected rebase(cycles: bigint): void {
    this.baseCycles = cycles;
    this.#baseHigh = Number(BigInt.asUintN(32, cycles >> 32n));
    this.#baseLow = Number(BigInt.asUintN(32, cycles));
    this.clock = 0;
    this.clockLow = Number(BigInt.asIntN(32, cycles));
    this.timeBase = Number(this.nsAt(cycles) - this.origin_ns);
  }

  /** @returns false when the packet begins before the event before it */
  protected beginClock(start: PacketStart): boolean {
    // CTF 2, section 6.1: packets know nothing of each other. CTF 1.8: time goes on from the end of the packet before.
    const last = this.baseCycles + BigInt(this.clock);
    const now = this.#packetEnd ?? last;
    this.fallen = true; // a packet's times say when it was, events have the last word
    this.#packetEnd = start.end_cycles === 0n ? null : start.end_cycles; // 0: of a crashed tracer
    this.rebase(this.trace.majorVersion === 2 ? 0n : now);
    if (start.begin !== null) {
      const { cycles, bits } = start.begin;
      this.setClock(Number(cycles & 0xffffffffn), Number(cycles >> 32n), bits);
      this.rebase(this.baseCycles + BigInt(this.clock));
    }
    const restarted = this.trace.majorVersion === 2 && start.begin?.bits !== 64;
    this.#floor = restarted ? Number.NEGATIVE_INFINITY : Number(last - this.baseCycles);
    this.fallen = this.#floor > 0;
    return !this.fallen;
  }

  /** A packet that ends before the wanted time need not be read. */
  protected isBefore(start: PacketStart): boolean {
    if (this.beginTime === Number.NEGATIVE_INFINITY || start.end_cycles === null || start.begin === null) return false;
    if (start.end_cycles < start.begin.cycles) return false; // of a crashed tracer
    return Number(this.nsAt(start.end_cycles) - this.origin_ns) < this.beginTime;
  }

  timeOfClock(): number {
    const { defaultClock } = this.plan.streamClass;
    if (defaultClock === null) return Number.NEGATIVE_INFINITY;
    if (defaultClock.frequency_hz === 1_000_000_000n) return this.timeBase + this.clock;
    return Number(this.nsAt(this.cycles) - this.origin_ns);
  }

  referred(reference: FieldReference, big: boolean): number | bigint | undefined {
    let found: bigint | undefined;
    for (const [type, value] of this.values) if (reference.targets.includes(type)) found = value;
    return big || found === undefined ? found : Number(found);
  }
}
